// Long tables show 25 rows until asked for more; whatever asks, gets them.

import assert from "node:assert/strict";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { views, withReader } from "../lib/reader.mjs";

const FIRST = 25;
const TABLE = "#procedures-table";

export function tables(world, site) {
  for (const [scheme, screen] of views(site)) {
    const base = site.bases[scheme];
    const over = `over ${scheme}, ${screen.name}`;
    const long = (work, hash = "") =>
      withReader(world.browser, base, screen, async (page, watch) => {
        await watch.open(`${base}techniques/T1105/index.html${hash}`);
        const all = await page.locator(`${TABLE} > tbody > tr`).count();
        assert.ok(all > 400, `T1105 has ${all} procedure examples: too few for this test to mean anything`);
        await work(page, all);
        none(watch.faults());
      });

    it(`shows the first rows, and all at a press of a button, ${over}`, async () => {
      await long(async (page, all) => {
        assert.equal(await rowsShown(page, TABLE), FIRST, "T1105: rows at first");
        const more = page.locator(`${TABLE} + button`);
        assert.equal(await more.textContent(), `Show all ${all} rows`);
        await more.click();
        assert.equal(await rowsShown(page, TABLE), all, "T1105: rows after the press");
        assert.equal(await page.getByRole("button", { name: /^Show all/ }).count(), 0, "T1105: the button is spent");
        const row = await page.evaluate(() => document.activeElement.closest("tr")?.sectionRowIndex);
        assert.equal(row, FIRST, "T1105: the focus goes on at the first new row");
      });
    });

    it(`filters rows and brings them back, ${over}`, async () => {
      await long(async (page, all) => {
        const filter = page.getByRole("searchbox", { name: `Filter ${all} rows: Procedure examples` });
        const matching = await page.locator(`${TABLE} > tbody > tr`).evaluateAll(
          (rows) => rows.filter((row) => /cobalt/i.test(row.textContent) && /strike/i.test(row.textContent)).length,
        );
        assert.ok(matching > 0 && matching < all, `T1105: ${matching} rows name Cobalt Strike`);
        await filter.fill("strike COBALT");
        assert.equal(await rowsShown(page, TABLE), matching, "T1105: rows that match");
        await filter.press("Escape");
        assert.equal(await filter.inputValue(), "", "T1105: Escape empties the filter");
        assert.equal(await rowsShown(page, TABLE), FIRST, "T1105: rows after the filter is emptied");
      });
    });

    it(`opens for the browser's own search, ${over}`, async () => {
      await long(async (page, all) => {
        await page.keyboard.press("Control+f");
        assert.equal(await rowsShown(page, TABLE), all, "T1105: rows after Ctrl+F");
      });
    });

    it(`shows the row that an address points into, ${over}`, { skip: !site.prose && "the embedded release has no citations" }, async () => {
      let hash;
      await long(async (page) => {
        const id = await page.locator(`${TABLE} > tbody > tr:nth-child(n+30) [id^=c]`).first().getAttribute("id");
        hash = `#${id}`;
        assert.equal(await page.locator(hash).isVisible(), false, `T1105: ${hash} lies in a hidden row`);
      });
      await long(async (page) => {
        assert.ok(await inSight(page, hash), `T1105${hash} opened at once: not in sight`);
      }, hash);
      await long(async (page) => {
        // A citation, and the way back from the reference to it.
        const back = page.locator(`.refs a[href="${hash}"]`);
        await back.scrollIntoViewIfNeeded();
        await back.click();
        assert.ok(await inSight(page, hash), `T1105${hash} clicked in the references: not in sight`);
      });
      await long(async (page) => {
        // And the way there, as soon as the page is there.
        const citation = page.locator(`${TABLE} > tbody > tr:nth-child(20) sup a`).first();
        const reference = await citation.getAttribute("href");
        await citation.click();
        assert.ok(await inSight(page, reference), `T1105${reference} clicked: not in sight`);
      });
    });
  }
}

/** How many rows of a table's body a reader can see by scrolling. */
export function rowsShown(page, table) {
  return page.locator(`${table} > tbody > tr`).evaluateAll((rows) => rows.filter((row) => row.getClientRects().length > 0).length);
}

/** Whether a reader sees the element: on the screen and under nothing else. */
async function inSight(page, selector) {
  await page.waitForTimeout(100);
  return page.locator(selector).evaluate((e) => {
    const { left, top, width, height } = e.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return height > 0 && (hit === e || e.contains(hit));
  });
}
