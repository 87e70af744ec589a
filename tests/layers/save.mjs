// Saves layers from the matrix explorer, as a reader would: node save.mjs SITE FOLDER

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DESKTOP, launch, withReader } from "../browser/lib/reader.mjs";

const [site, folder] = process.argv.slice(2);
const VIEWS = {
  "one-group": "enterprise/index.html#a=G0016",
  "group-and-coverage": "enterprise/index.html#a=G0016&b=coverage",
  "gaps-on-windows": "enterprise/index.html#a=G0016&b=coverage&only=a&platform=Windows&layout=side&open=all",
  "no-overlay": "mobile/index.html#q=location",
  "one-software": "ics/index.html#a=S0604",
};

mkdirSync(folder, { recursive: true });
const base = `${pathToFileURL(resolve(site)).href}/`;
const browser = await launch();
try {
  for (const [name, view] of Object.entries(VIEWS)) {
    await withReader(browser, base, DESKTOP, async (page, watch) => {
      await watch.open(`${base}matrices/${view}`);
      await page.locator("#mx-view.on").waitFor();
      await page.locator(".mx-menu summary").first().click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-do=layer]").click()]);
      await download.saveAs(join(folder, `${name}-layer.json`));
      const faults = watch.faults();
      if (faults.length) throw new Error(faults.join("\n"));
    });
  }
} finally {
  await browser.close();
}
