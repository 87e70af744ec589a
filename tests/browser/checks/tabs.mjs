// A playbook with queries in two languages and an attack flow: tabs with a script, blocks below each other without,
// all of them on paper.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, it } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { none } from "../lib/faults.mjs";
import { build } from "../lib/product.mjs";
import { DESKTOP, PHONE, withReader } from "../lib/reader.mjs";

const FLOW = {
  type: "bundle",
  objects: [
    { type: "attack-flow", id: "attack-flow--1", name: "In short" },
    { type: "attack-action", id: "attack-action--1", name: "Run", technique_id: "T1059.001", effect_refs: ["attack-action--2"] },
    { type: "attack-action", id: "attack-action--2", name: "Call home", technique_id: "T1071.001" },
  ],
};
const page = (title, queries) =>
  `---\ntechnique: T1059.001\ntitle: ${title}\nstatus: draft\nattack_flow: flow.json\n---\n${queries}`;
const SIDE_BY_SIDE = "## Evidence\n\n```spl\nindex=a\n```\n```kusto\nTableA\n```\n\n```spl\nindex=b\n```\n```kusto\nTableB\n```\n";
const SECTIONS = "## Splunk Queries\n\n```spl\nindex=c\n```\n\n## KQL Queries\n\n```kusto\nTableC\n```\n";

export function tabs(world, site) {
  if (!site.thorough) return;
  const home = mkdtempSync(join(tmpdir(), "ttpress-tabs-"));
  const base = `${pathToFileURL(join(home, "site")).href}/`;
  const [one, two] = ["one", "two"].map((name) => `${base}playbooks/${name}/index.html`);

  before(() => {
    const folder = join(home, "content/playbooks");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "flow.json"), JSON.stringify(FLOW));
    writeFileSync(join(folder, "one.md"), page("One", SIDE_BY_SIDE));
    writeFileSync(join(folder, "two.md"), page("Two", SECTIONS));
    build(world.executable, home, ["--out", join(home, "site")]);
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const texts = async (locator) => (await locator.allInnerTexts()).map((text) => text.trim());
  const shown = (reader) => texts(reader.locator("pre:visible"));

  for (const screen of [DESKTOP, PHONE]) {
    it(`switches all queries to the language chosen, and remembers it, ${screen.name}`, async () => {
      await withReader(world.browser, base, screen, async (reader, watch) => {
        await watch.open(one);
        assert.deepEqual(await shown(reader), ["index=a", "index=b"], "the first language at first");
        await reader.getByRole("tab", { name: "KQL" }).first().click();
        assert.deepEqual(await shown(reader), ["TableA", "TableB"], "KQL in both places");
        await reader.keyboard.press("ArrowLeft");
        assert.deepEqual(await shown(reader), ["index=a", "index=b"], "Splunk by the arrow key");
        assert.equal(await reader.evaluate(() => document.activeElement.textContent), "Splunk", "the focus follows");
        await reader.keyboard.press("End");
        await watch.open(two);
        assert.deepEqual(await shown(reader), ["TableC"], "KQL on the next page");
        none(watch.faults());
      });
    });
  }

  it("opens the tab that an address leads into", async () => {
    await withReader(world.browser, base, DESKTOP, async (reader, watch) => {
      await watch.open(`${two}#kql-queries`);
      assert.deepEqual(await shown(reader), ["TableC"]);
      await reader.getByRole("link", { name: "Splunk Queries" }).click();
      await reader.getByText("index=c").waitFor({ state: "visible" });
      none(watch.faults());
    });
  });

  it("shows everything without JavaScript and on paper", async () => {
    await withReader(world.browser, base, { ...DESKTOP, javaScriptEnabled: false }, async (reader, watch) => {
      await watch.open(one);
      assert.equal((await shown(reader)).length, 4, "blocks without JavaScript");
      assert.deepEqual(await texts(reader.locator(".tab-name:visible")), ["Splunk", "KQL", "Splunk", "KQL"]);
    });
    await withReader(world.browser, base, DESKTOP, async (reader, watch) => {
      await watch.open(one);
      await reader.emulateMedia({ media: "print" });
      assert.equal((await shown(reader)).length, 4, "blocks on paper");
      assert.deepEqual(await texts(reader.locator(".tab-name:visible")), ["Splunk", "KQL", "Splunk", "KQL"]);
      assert.equal(await reader.getByRole("tablist").count(), 0, "no tabs on paper");
    });
  });

  it("draws the flow with links to the techniques, and has no axe violation", async () => {
    for (const [screen, colorScheme] of [[DESKTOP, "light"], [PHONE, "dark"]]) {
      await withReader(world.browser, base, { ...screen, colorScheme }, async (reader, watch) => {
        await watch.open(one);
        const links = await reader.locator(".flow svg a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
        assert.deepEqual(links, ["../../techniques/T1059/001/index.html", "../../techniques/T1071/001/index.html"]);
        none(watch.faults()); // axe itself asks for the style sheet, which file:// refuses
        const { violations } = await new AxeBuilder({ page: reader }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
        none(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 90)).join(" ")}`));
      });
    }
  });
}
