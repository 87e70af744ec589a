// Links lead where they say: walked by clicks, and looked up one by one.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { OTHERS, withDeadEnd } from "../lib/pages.mjs";
import { DESKTOP, SCREENS, views, withReader } from "../lib/reader.mjs";

export function paths(world, site) {
  for (const [scheme, screen] of views(site)) {
    const base = site.bases[scheme];

    it(`walks from home over matrix and technique to a group, and back, over ${scheme}, ${screen.name}`, async () => {
      await withReader(world.browser, base, screen, async (page, watch) => {
        const at = async (path, title) => {
          await page.waitForURL((url) => url.href.split("#")[0] === base + path);
          assert.equal(await page.locator("h1").textContent(), title, `heading of ${path}`);
        };
        await watch.open(`${base}index.html`);
        await page.getByRole("main").getByRole("link", { name: "Enterprise ATT&CK" }).click();
        await at("matrices/enterprise/index.html", "Enterprise ATT&CK");
        await page.locator("#TA0011").getByRole("link", { name: "Ingress Tool Transfer" }).click();
        await at("techniques/T1105/index.html", "Ingress Tool Transfer");
        await page.locator("#procedures-table").getByRole("link", { name: "APT29" }).first().click();
        await at("groups/G0016/index.html", "APT29");
        await page.goBack();
        await at("techniques/T1105/index.html", "Ingress Tool Transfer");
        await page.goBack();
        await at("matrices/enterprise/index.html", "Enterprise ATT&CK");
        await page.goBack();
        await at("index.html", "ATT&CK wiki");
        none(watch.faults());
      });
    });
  }

  for (const screen of site.thorough ? SCREENS : []) {
    it(`lets every technique of the matrix be clicked, ${screen.name}`, async () => {
      const faults = [];
      await withReader(world.browser, site.bases.file, screen, async (page, watch) => {
        await watch.open(`${site.bases.file}matrices/enterprise/index.html`);
        const { count, covered } = await page.evaluate(() => {
          const targets = [...document.querySelectorAll("#matrix ol > li > a, #matrix summary")];
          const covered = targets.filter((target) => {
            target.scrollIntoView({ block: "center", inline: "center" });
            const { left, top, width, height } = target.getBoundingClientRect();
            const hit = document.elementFromPoint(left + width / 2, top + height / 2);
            return hit !== target && !target.contains(hit);
          });
          return { count: targets.length, covered: covered.map((e) => e.parentElement.textContent.slice(0, 60)) };
        });
        if (count < 200) faults.push(`matrix: only ${count} techniques`);
        for (const text of covered) faults.push(`matrix: something lies over "${text}"`);
      });
      none(faults);
    });
  }

  it("leads from a revoked technique to its successor", async () => {
    await withReader(world.browser, site.bases.file, DESKTOP, async (page, watch) => {
      await watch.open(`${site.bases.file}techniques/T1086/index.html`);
      assert.match(await page.getByRole("note").textContent(), /revoked/, "T1086 says that it was revoked");
      await page.getByRole("note").getByRole("link").click();
      await page.waitForURL(`${site.bases.file}techniques/T1059/001/index.html`);
    });
  });

  it("leads home from an address that leads nowhere", async () => {
    await withReader(world.browser, site.bases.server, DESKTOP, async (page, watch) => {
      await watch.open(site.bases.server + site.deadAddress, { missing: true });
      await page.getByRole("link", { name: "ATT&CK wiki" }).click();
      await page.waitForURL(`${site.bases.server}index.html`);
      assert.equal(await page.locator("h1").textContent(), "ATT&CK wiki");
    });
  });

  it("links only to files and anchors that exist", async () => {
    const faults = [];
    const base = site.bases.file;
    const anchors = new Map();
    const hasAnchor = (file, id) => {
      if (!anchors.has(file)) {
        anchors.set(file, new Set(Array.from(readFileSync(file, "utf8").matchAll(/\sid="([^"]+)"/g), (match) => match[1])));
      }
      return anchors.get(file).has(id);
    };
    await withReader(world.browser, base, DESKTOP, async (page, watch) => {
      for (const { name, path } of [...withDeadEnd(site, "file"), ...OTHERS]) {
        await watch.open(base + path);
        const targets = await page.evaluate(() => [
          // Links in charts have an object in place of an address.
          ...new Set(Array.from(document.querySelectorAll("[href], [src]"), (e) => new URL(e.getAttribute("href") ?? e.getAttribute("src"), document.baseURI).href)),
        ]);
        const own = targets.filter((target) => target.startsWith("file:"));
        if (own.length < 10) faults.push(`${name}: only ${own.length} links into the site`);
        for (const target of own) {
          const url = new URL(target);
          const id = decodeURIComponent(url.hash.slice(1));
          const file = fileURLToPath(url.origin === "null" ? `file://${url.pathname}` : url);
          if (!target.startsWith(base)) faults.push(`${name}: ${target} lies outside the site`);
          else if (!existsSync(file)) faults.push(`${name}: ${target} does not exist`);
          else if (statSync(file).isDirectory()) faults.push(`${name}: ${target} is a folder, which file:// lists instead of opening`);
          else if (id && !hasAnchor(file, id)) faults.push(`${name}: ${target} has no such anchor`);
        }
      }
    });
    none(faults);
  });
}
