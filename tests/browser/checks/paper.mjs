// On paper: no navigation, everything that a screen folds away, dark on white.

import assert from "node:assert/strict";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { MAIN } from "../lib/pages.mjs";
import { DESKTOP, withReader } from "../lib/reader.mjs";

/** A4 less its margins, in CSS pixels: as wide as a narrow window, but no phone. */
const A4 = 680;

export function paper(world, site) {
  for (const width of site.thorough ? [1440, A4] : [A4]) {
    it(`prints whole pages without navigation, ${width} pixels wide`, async () => {
      const faults = [];
      const dark = { ...DESKTOP, viewport: { width, height: 900 }, colorScheme: "dark" };
      await withReader(world.browser, site.bases.server, dark, async (page, watch) => {
        for (const { name, path } of MAIN) {
          await page.emulateMedia({ media: "screen" });
          await watch.open(site.bases.server + path);
          await page.emulateMedia({ media: "print" });
          faults.push(...(await page.evaluate(onPaper)).map((fault) => `${name}: ${fault}`));
        }
      });
      none(faults);
    });
  }

  for (const format of site.thorough ? ["A4", "A5"] : []) {
    it(`prints as many sheets of ${format} with JavaScript as without`, async () => {
      const sheets = {};
      for (const javaScriptEnabled of [true, false]) {
        await withReader(world.browser, site.bases.server, { ...DESKTOP, javaScriptEnabled }, async (page, watch) => {
          await watch.open(`${site.bases.server}techniques/T1105/index.html`);
          const pdf = (await page.pdf({ format })).toString("latin1");
          sheets[javaScriptEnabled ? "with" : "without"] = pdf.match(/\/Type\s*\/Page\b/g)?.length;
        });
      }
      assert.ok(sheets.without >= 8, `T1105 without JavaScript prints on ${sheets.without} sheets: too few to tell anything`);
      assert.equal(sheets.with, sheets.without, `T1105: sheets of ${format}`);
    });
  }
}

/** In the page, as printed: what is wrong with it. */
function onPaper() {
  const faults = [];
  const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true });
  const name = (e) => `<${e.localName} class="${e.className}"> ${e.textContent.trim().slice(0, 40)}`;
  for (const control of document.querySelectorAll("nav, button, input, .skip")) {
    if (shown(control)) faults.push(`shows ${name(control)}`);
  }
  // The numbers of a chart stand beside its bars.
  for (const table of document.querySelectorAll("table:not(figure table)")) {
    const rows = [...table.tBodies[0].rows];
    const printed = rows.filter(shown).length;
    if (printed !== rows.length) faults.push(`prints ${printed} of ${rows.length} rows of ${table.id || table.className}`);
    const head = table.tHead?.getBoundingClientRect();
    if (head && head.height < 5) faults.push(`hides the column heads of ${table.id || table.className}`);
  }
  for (const inside of document.querySelectorAll("details:not(figure details, .mx-menu) > :not(summary)")) {
    if (!shown(inside)) {
      faults.push(`leaves folded: ${name(inside)}`);
      break;
    }
  }
  const sum = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((total, part) => total + Number(part), 0);
  if (getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)") faults.push(`the page is ${getComputedStyle(document.body).backgroundColor}, not white`);
  if (sum(getComputedStyle(document.querySelector("h1")).color) > 200) faults.push("the heading is not dark");
  return faults;
}
