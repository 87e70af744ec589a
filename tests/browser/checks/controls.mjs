// The switch for light and dark, and the copy buttons.

import assert from "node:assert/strict";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { DESKTOP, views, withReader } from "../lib/reader.mjs";

export function controls(world, site) {
  for (const [scheme, screen] of views(site)) {
    const base = site.bases[scheme];

    it(`remembers the chosen theme over a reload and on other pages, over ${scheme}, ${screen.name}`, async () => {
      await withReader(world.browser, base, { ...screen, colorScheme: "light" }, async (page, watch) => {
        await watch.open(`${base}index.html`);
        const choose = async (name) => {
          const button = page.getByRole("button", { name: /^Theme:/ });
          for (let press = 0; press < 3 && !(await button.textContent()).includes(name); press++) await button.click();
          assert.match(await button.textContent(), new RegExp(name), "home: what the theme button says");
        };
        assert.ok(await isLight(page), "home: light, like the system");
        await choose("Dark");
        assert.equal(await isLight(page), false, "home: dark once chosen");
        await page.reload();
        assert.equal(await isLight(page), false, "home: dark after a reload");
        await watch.open(`${base}groups/G0016/index.html`);
        assert.equal(await isLight(page), false, "G0016: dark like the page before");
        await page.emulateMedia({ colorScheme: "dark" });
        await choose("Light");
        assert.ok(await isLight(page), "G0016: light, though the system is dark");
        await page.reload();
        assert.ok(await isLight(page), "G0016: light after a reload");
        await choose("Auto");
        await page.reload();
        assert.equal(await isLight(page), false, "G0016: dark again, like the system");
        await page.emulateMedia({ colorScheme: "light" });
        assert.ok(await isLight(page), "G0016: follows the system");
        none(watch.faults());
      });
    });

    it(`copies an ID, over ${scheme}, ${screen.name}`, async () => {
      await withReader(world.browser, base, screen, async (page, watch) => {
        await watch.open(`${base}techniques/T1105/index.html`);
        await copies(page, "Copy T1105", "T1105");
        none(watch.faults());
      });
    });
  }

  it("copies a block of code", { skip: !site.prose && "the embedded release has no code blocks" }, async () => {
    const base = site.bases.server;
    await withReader(world.browser, base, DESKTOP, async (page, watch) => {
      await watch.open(`${base}mitigations/M1029/index.html`);
      const code = (await page.locator("pre").first().textContent()).replace(/\n$/, "");
      assert.ok(code.length > 5, "M1029: its first block of code");
      await copies(page, "Copy code", code);
      none(watch.faults());
    });
  });
}

/** Presses the copy button and pastes, as a reader would, into a field of the test's own. */
async function copies(page, name, expected) {
  const button = page.getByRole("button", { name }).first();
  await button.click();
  await page.getByRole("status").getByText("Copied").waitFor({ state: "attached" });
  assert.match(await button.textContent(), /Copied/, `what "${name}" says once pressed`);
  await page.evaluate(() => {
    const field = document.createElement("textarea");
    field.id = "paste-here";
    document.body.append(field);
    field.focus();
  });
  await page.keyboard.press("Control+v");
  assert.equal(await page.locator("#paste-here").inputValue(), expected, `what "${name}" put on the clipboard`);
}

function isLight(page) {
  return page.evaluate(() => {
    const sum = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((total, part) => total + Number(part), 0);
    const { backgroundColor, color } = getComputedStyle(document.body);
    const page = backgroundColor === "rgba(0, 0, 0, 0)" ? getComputedStyle(document.documentElement).backgroundColor : backgroundColor;
    return sum(page) > sum(color);
  });
}
