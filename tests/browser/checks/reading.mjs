// Reading in comfort: previews of links, tables that sort, links to rows, shortcuts, the reader's own pages, charts.

import assert from "node:assert/strict";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { DESKTOP, PHONE, instrument, views, withReader } from "../lib/reader.mjs";
import { rowsShown } from "./tables.mjs";

const TECHNIQUES = "#techniques-table";
const PROCEDURES = "#procedures-table";

export function reading(world, site) {
  for (const [scheme, screen] of views(site).filter(([, screen]) => screen === DESKTOP)) {
    const base = site.bases[scheme];
    const over = `over ${scheme}`;
    const at = (path, work) =>
      withReader(world.browser, base, screen, async (page, watch) => {
        await instrument(page);
        await watch.open(base + path);
        await work(page, watch);
        none([...watch.faults(), ...(await page.evaluate(() => window.seenByTests.violations))]);
      });

    it(`previews what a link leads to, under the pointer and the focus, ${over}`, async () => {
      await at("groups/G0016/index.html", async (page) => {
        const link = page.locator(`${TECHNIQUES} tbody tr:first-child td:nth-child(2) a`);
        const peek = page.getByRole("tooltip");
        await link.hover();
        await peek.waitFor();
        assert.match(await peek.textContent(), new RegExp(await link.textContent()), "G0016: the preview names the page");
        const { x, y, height } = await peek.boundingBox();
        await page.mouse.move(x + 8, y + height / 2, { steps: 6 });
        await page.waitForTimeout(400);
        assert.ok(await peek.isVisible(), "G0016: the preview stays while one points at it");
        await page.keyboard.press("Escape");
        assert.equal(await peek.isVisible(), false, "G0016: Escape closes the preview");
        await page.mouse.move(2, 2);
        await link.focus();
        await page.keyboard.press("Shift+Tab");
        await page.keyboard.press("Tab");
        await peek.waitFor();
        assert.equal(await link.getAttribute("aria-describedby"), await peek.getAttribute("id"), "G0016: the link is described by the preview");
        await page.keyboard.press("Tab");
        assert.equal(await link.getAttribute("aria-describedby"), null, "G0016: the preview goes with the focus");
      });
    });

    it(`sorts tables by a press on a head, ${over}`, async () => {
      await at("groups/G0016/index.html", async (page) => {
        const ids = () => page.locator(`${TECHNIQUES} tbody td:first-child`).evaluateAll((cells) => cells.map((cell) => cell.firstChild.data));
        const first = await ids();
        const head = page.locator(`${TECHNIQUES} thead th`).first();
        await head.getByRole("button").press("Enter");
        assert.equal(await head.getAttribute("aria-sort"), "ascending");
        assert.deepEqual(await ids(), [...first].sort((a, b) => a.localeCompare(b, "en", { numeric: true })), "G0016: by ID");
        await head.getByRole("button").click();
        assert.equal(await head.getAttribute("aria-sort"), "descending");
        assert.equal((await ids()).at(-1), [...first].sort()[0], "G0016: the last ID comes first");
        await head.getByRole("button").click();
        assert.equal(await head.getAttribute("aria-sort"), null);
        assert.deepEqual(await ids(), first, "G0016: as the page was");
      });
      await at("coverage/index.html", async (page) => {
        const counts = page.locator("#by-tactic-enterprise-table tbody tr td:nth-child(3)");
        await page.locator("#by-tactic-enterprise-table").getByRole("button", { name: "Techniques" }).click();
        const numbers = (await counts.allTextContents()).map(Number);
        const total = numbers.pop();
        assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), "coverage: numbers by size");
        assert.ok(total > Math.max(...numbers), "coverage: the sum stays last");
      });
    });

    it(`filters procedures by kind, with words too, and keeps it over "back", ${over}`, async () => {
      await at("techniques/T1105/index.html", async (page) => {
        const groups = site.twin("techniques/T1105").relations.groups;
        await page.getByRole("combobox", { name: "Filter by kind" }).selectOption("groups");
        assert.equal(await rowsShown(page, PROCEDURES), groups.length, "T1105: groups");
        const words = page.getByRole("searchbox", { name: /^Filter \d+ rows: Procedure/ });
        await words.fill("APT");
        const some = await rowsShown(page, PROCEDURES);
        assert.ok(some > 0 && some < groups.length, `T1105: ${some} groups are called APT`);
        await page.locator(`${PROCEDURES} thead`).getByRole("button", { name: "Name" }).click();
        await page.waitForTimeout(200);
        const name = await page.locator(`${PROCEDURES} tbody tr:visible td:nth-child(2)`).first().textContent();
        await page.locator(`${PROCEDURES} tbody tr:visible td:nth-child(2) a`).first().click();
        await page.waitForURL(/groups/);
        await page.goBack();
        await page.waitForLoadState();
        assert.equal(await rowsShown(page, PROCEDURES), some, "T1105: as many rows after going back");
        assert.equal(await page.locator(`${PROCEDURES} tbody tr:visible td:nth-child(2)`).first().textContent(), name, "T1105: sorted after going back");
      });
    });

    it(`gives each row a link to itself, ${over}`, async () => {
      await at("techniques/T1105/index.html", async (page) => {
        const row = page.locator(`${PROCEDURES} tbody tr:nth-child(3)`);
        await row.hover();
        await row.getByRole("link", { name: "Link to this place" }).click();
        const id = await row.getAttribute("id");
        assert.match(id, /^procedures-[GSC]\d{4}$/);
        assert.equal(new URL(page.url()).hash, `#${id}`);
        assert.ok(await row.evaluate((e) => e.matches(":target")), "T1105: the row is marked");
      });
    });

    it(`goes by keys, never while typing, and not once turned off, ${over}`, async () => {
      await at("groups/G0016/index.html", async (page) => {
        const menu = page.getByRole("dialog", { name: "Menu" });
        await page.keyboard.press("?");
        assert.ok(await menu.isVisible(), "`?` opens the menu");
        await page.keyboard.press("Escape");
        assert.equal(await menu.isVisible(), false, "Escape closes it");
        await page.keyboard.press("s");
        await page.keyboard.type("g?t");
        assert.equal(await page.locator(".find input").inputValue(), "g?t", "in the search box, letters are letters");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        await page.locator("h1").click();
        await page.keyboard.type("gs");
        await page.waitForURL(/software\/index\.html$/);
        await page.getByRole("button", { name: "Menu" }).click();
        await page.getByRole("checkbox", { name: "Shortcuts of a single key" }).uncheck();
        await page.keyboard.press("Escape");
        await page.reload();
        await page.keyboard.type("?/gh");
        await page.waitForTimeout(200);
        assert.match(page.url(), /software\/index\.html$/, "no key leads away");
        assert.equal(await menu.isVisible(), false, "no key opens the menu");
        assert.ok(await page.evaluate(() => document.activeElement === document.body), "no key leads to the search");
      });
    });

    it(`keeps pinned and recent pages in the browser, ${over}`, async () => {
      await at("index.html", async (page, watch) => {
        const pinned = page.locator(".mine [data-mine=pins]");
        const recent = page.locator(".mine [data-mine=recent]");
        assert.equal((await pinned.isVisible()) || (await recent.isVisible()), false, "home: nothing at first");
        await watch.open(`${base}groups/G0016/index.html`);
        await page.getByRole("button", { name: "Pin", exact: true }).click();
        await watch.open(`${base}techniques/T1059/001/index.html`);
        await watch.open(`${base}index.html`);
        assert.deepEqual(await pinned.getByRole("link").allTextContents(), ["G0016 APT29"]);
        assert.deepEqual(await recent.getByRole("link").allTextContents(), ["T1059.001 PowerShell", "G0016 APT29"]);
        await pinned.getByRole("link").click();
        await page.waitForURL(/groups\/G0016/);
        assert.equal(await page.getByRole("button", { name: "Pin", exact: true }).getAttribute("aria-pressed"), "true");
        await watch.open(`${base}index.html`);
        assert.ok((await page.evaluate(() => window.seenByTests.shift)) < 0.01, "home: the lists have their room before they come");
        for (const list of [pinned, recent]) await list.getByRole("button", { name: "Clear" }).click();
        assert.equal((await pinned.isVisible()) || (await recent.isVisible()), false, "home: nothing once cleared");
        assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), [], "nothing is left in the browser");
      });
    });

    it(`keeps ticks of checklists in the browser until they are cleared, ${over}`, async () => {
      await at("playbooks/t1059-001-powershell/index.html", async (page) => {
        const boxes = page.locator(".authored input[type=checkbox]");
        const clear = page.locator("#investigation-workflow ~ .act").getByRole("button", { name: "Clear ticks" });
        assert.ok(await clear.isDisabled(), "there is nothing to clear");
        await boxes.nth(1).check();
        await page.reload();
        assert.deepEqual([await boxes.nth(0).isChecked(), await boxes.nth(1).isChecked()], [false, true]);
        await clear.click();
        assert.equal(await boxes.nth(1).isChecked(), false);
        await page.reload();
        assert.equal(await boxes.nth(1).isChecked(), false);
        assert.equal(await page.locator("#commands").locator("..").locator("~ * .copy").count(), 0, "what attackers ran has no button");
      });
    });

    it(`raises the contrast on request, and remembers it, ${over}`, async () => {
      await at("groups/G0016/index.html", async (page, watch) => {
        const line = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--line-2"));
        const before = await line();
        await page.getByRole("button", { name: "Menu" }).click();
        await page.getByRole("checkbox", { name: "More contrast" }).check();
        const after = await line();
        assert.notEqual(after, before);
        await watch.open(`${base}index.html`);
        assert.equal(await line(), after, "home: like the page before");
      });
    });
  }

  it("shows no preview on a touch screen", async () => {
    await withReader(world.browser, site.bases.server, PHONE, async (page, watch) => {
      await watch.open(`${site.bases.server}groups/G0016/index.html`);
      await page.locator(`${TECHNIQUES} tbody a`).first().focus();
      await page.waitForTimeout(600);
      assert.equal(await page.getByRole("tooltip").count(), 0);
      none(watch.faults());
    });
  });

  it("draws the tactics of a group, the numbers behind them, without JavaScript", async () => {
    await withReader(world.browser, site.bases.server, { ...DESKTOP, javaScriptEnabled: false }, async (page, watch) => {
      await watch.open(`${site.bases.server}groups/G0016/index.html`);
      const chart = page.locator("figure.bars");
      const drawn = await chart.locator("svg .n").allTextContents();
      await chart.locator("summary").click();
      assert.deepEqual(await chart.locator("td:nth-child(2)").allTextContents(), drawn);
      assert.ok(drawn.length > 5, `G0016 serves ${drawn.length} tactics`);
      none(watch.faults());
    });
  });
}
