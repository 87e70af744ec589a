// With JavaScript off, nothing is missing and nothing dead is shown.

import assert from "node:assert/strict";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { MAIN } from "../lib/pages.mjs";
import { DESKTOP, PHONE, withReader } from "../lib/reader.mjs";
import { rowsShown } from "./tables.mjs";

export function noscript(world, site) {
  for (const [scheme, screen] of site.thorough ? [["file", DESKTOP], ["server", PHONE]] : [["file", PHONE]]) {
    const plain = { ...screen, javaScriptEnabled: false };
    const base = site.bases[scheme];
    const over = `over ${scheme}, ${screen.name}, without JavaScript`;

    it(`shows every row of the long tables, ${over}`, async () => {
      await withReader(world.browser, base, plain, async (page, watch) => {
        await watch.open(`${base}techniques/T1105/index.html`);
        const uses = site.twin("techniques/T1105").relations;
        const expected = uses.groups.length + uses.software.length + uses.campaigns.length;
        assert.ok(expected > 400, `T1105's twin names ${expected} uses: too few for this test to mean anything`);
        assert.equal(await rowsShown(page, "#procedures-table"), expected, "T1105: rows of procedure examples in view");
        await watch.open(`${base}techniques/index.html`);
        const techniques = site.objects().filter((o) => o.type === "technique" && o.status === "live").length;
        assert.equal(await rowsShown(page, "#techniques-table"), techniques, "index of techniques: rows in view");
        none(watch.faults());
      });
    });

    it(`offers no control that needs a script, ${over}`, async () => {
      const faults = [];
      await withReader(world.browser, base, plain, async (page, watch) => {
        for (const { name, path } of MAIN) {
          await watch.open(base + path);
          assert.equal(await page.locator("html.js").count(), 0, `${name}: a script ran after all`);
          for (const control of await page.locator("button:visible, input:visible, select:visible").all()) {
            faults.push(`${name}: ${await control.evaluate((e) => e.outerHTML.slice(0, 80))}`);
          }
        }
      });
      none(faults);
    });

    it(`reaches a sub-technique from the matrix and from its parent, ${over}`, async () => {
      await withReader(world.browser, base, plain, async (page, watch) => {
        await watch.open(`${base}matrices/enterprise/index.html`);
        const cell = page.locator("#TA0002 li:has(> a[title='T1059'])");
        const child = cell.getByRole("link", { name: "PowerShell", exact: true });
        assert.equal(await child.isVisible(), false, "matrix: sub-techniques of T1059 are folded at first");
        await cell.locator("summary").click();
        await child.click();
        await heading(page, "PowerShell");
        await watch.open(`${base}techniques/T1059/index.html`);
        await page.getByRole("navigation", { name: "Sub-techniques" }).getByRole("link", { name: /PowerShell/ }).click();
        await heading(page, "PowerShell");
        none(watch.faults());
      });
    });

    it(`leads by its navigation to every section and back home, ${over}`, async () => {
      await withReader(world.browser, base, plain, async (page, watch) => {
        await watch.open(`${base}groups/G0016/index.html`);
        const sections = await page.getByRole("navigation", { name: "Sections" }).getByRole("link").allTextContents();
        assert.ok(sections.length >= 8, `the navigation has ${sections.length} sections`);
        for (const section of sections) {
          await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: section, exact: true }).click();
          await heading(page, section);
        }
        await page.getByRole("link", { name: "ATT&CK wiki" }).click();
        await heading(page, "ATT&CK wiki");
        none(watch.faults());
      });
    });
  }
}

async function heading(page, text) {
  await page.waitForLoadState();
  assert.equal(await page.locator("h1").textContent(), text, `heading of ${page.url()}`);
}
