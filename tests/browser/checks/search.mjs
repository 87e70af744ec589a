// Search: the box in the bar, the page of results, and one ranking for page and terminal.

import assert from "node:assert/strict";
import { it } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { none } from "../lib/faults.mjs";
import { sharedQueries } from "../lib/product.mjs";
import { DESKTOP, views, withReader } from "../lib/reader.mjs";

const QUERIES = [
  "powershell", "cozy bear", "t1059 001", "T1059/001", "1059.001", "g0016", "T1086", "p", "mimi", "mimikats",
  "credential dumping", "lsass.exe memory", "scheduled task -windows", "\"scheduled task\"", "\"no such phrase here\"",
  "type:group", "type:software platform:linux ssh", "tactic:persistence registry", "group:APT29", "group:\"cozy bear\" remote",
  "CreateCronjob", "zzqqxx", "WinEventLog:Security", "Command and Scripting Interpreter: PowerShell", "ÄÖ naïve", "+ - \" :",
];

/** One ranking: what the page finds is what the terminal finds. */
export function ranking(world, site) {
  it("finds the same in the page as in the terminal, in the same order", async () => {
    const queries = [...QUERIES, ...(site.prose ? sharedQueries() : [])];
    const answers = site.ask(queries);
    assert.equal(answers.length, queries.length);
    const base = site.bases.file;
    await withReader(world.browser, base, DESKTOP, async (page, watch) => {
      await watch.open(`${base}search/index.html?q=a`);
      await page.waitForFunction(() => window.ttpressSearch.text);
      const differ = await page.evaluate(async (answers) => {
        const files = window.ttpressSearch;
        const engine = await new Promise((then) => files.openAll(then));
        const load = (shard) => new Promise((then) => files.load(`search/texts/${shard}.js`, then));
        const differ = [];
        for (const { query, results } of answers) {
          let found = engine.search(query);
          if (found.missing) {
            await Promise.all(found.missing.map(load));
            found = engine.search(query);
          }
          const ids = found.hits.slice(0, 10).map((hit) => hit.document.id);
          if (ids.join() !== results.join()) differ.push(`${query}: page ${ids}, terminal ${results}`);
        }
        return differ;
      }, answers);
      none([...differ, ...watch.faults()]);
    });
  });
}

export function search(world, site) {
  ranking(world, site);

  it("shows the filters beside the first results", async () => {
    await withReader(world.browser, site.bases.file, DESKTOP, async (page, watch) => {
      await watch.open(`${site.bases.file}search/index.html?q=credential`);
      const filters = page.locator(".facets");
      await filters.waitFor();
      const tops = [filters, page.locator(".results")].map(async (list) => (await list.boundingBox()).y);
      const [beside, results] = await Promise.all(tops);
      assert.ok(Math.abs(beside - results) < 40, `filters at ${beside}, results at ${results}`);
    });
  });

  for (const [scheme, screen] of views(site)) {
    const base = site.bases[scheme];

    it(`leads to a page by keyboard, over ${scheme}, ${screen.name}`, async () => {
      await withReader(world.browser, base, screen, async (page, watch) => {
        await watch.open(`${base}groups/G0016/index.html`);
        await page.keyboard.press("/");
        const box = page.getByRole("combobox");
        assert.ok(await box.evaluate((e) => e === document.activeElement), "`/` leads to the box");
        await page.keyboard.type("rundl");
        await page.getByRole("option").first().waitFor();
        await page.keyboard.press("ArrowDown");
        assert.equal(await page.getByRole("option", { selected: true }).count(), 1);
        assert.match(await page.getByRole("option", { selected: true }).textContent(), /T1218\.011/);
        if (scheme === "server") {
          // From a file, axe may not read the style sheet.
          const axe = await new AxeBuilder({ page }).include(".find").analyze();
          none(axe.violations.map((v) => `${v.id}: ${v.nodes[0].html}`));
        }
        await page.keyboard.press("Enter");
        await page.waitForURL(/techniques\/T1218\/011\/index\.html$/);
        none(watch.faults());
      });
    });

    it(`opens a sole exact hit, and the page of results for all else, over ${scheme}, ${screen.name}`, async () => {
      await withReader(world.browser, base, screen, async (page, watch) => {
        await watch.open(`${base}index.html`);
        await page.getByRole("combobox", { name: "Search" }).fill("t1059 001");
        await page.keyboard.press("Enter");
        await page.waitForURL(/techniques\/T1059\/001\/index\.html$/);
        await page.getByRole("combobox", { name: "Search" }).fill("powershell download");
        await page.keyboard.press("Enter");
        await page.waitForURL(/search\/index\.html\?q=powershell%20download$/);
        await page.locator(".results li").first().waitFor();
        assert.ok((await page.locator(".results mark").count()) > 0, "words are marked");
        await page.locator(".facets a", { hasText: "Technique" }).first().click();
        await page.waitForURL(/type%3ATechnique/);
        await page.locator(".results li").first().waitFor();
        const tags = await page.locator(".results .tag").allTextContents();
        assert.ok(tags.length > 0 && tags.every((tag) => tag === "Technique"), `only techniques: ${tags}`);
        await page.goBack();
        await page.waitForURL(/q=powershell%20download$/);
        await watch.open(`${base}search/index.html?q=qqzzkk`);
        await page.getByText("Nothing found").waitFor();
        await watch.open(`${base}search/index.html`);
        await page.getByRole("link", { name: "powershell download", exact: true }).waitFor();
        none(watch.faults());
      });
    });
  }
}
