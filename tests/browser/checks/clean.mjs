// Pages open without a complaint of the browser, whatever it is and wherever they lie.

import assert from "node:assert/strict";
import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { MAIN, OTHERS, notFound, withDeadEnd } from "../lib/pages.mjs";
import { DESKTOP, PHONE, SCREENS, instrument, views, withReader } from "../lib/reader.mjs";

export function clean(world, site) {
  for (const [scheme, screen] of views(site)) {
    it(`opens every main page without an error, over ${scheme}, ${screen.name}`, async () => {
      await opensCleanly(world, site, scheme, screen, withDeadEnd(site, scheme));
    });
  }

  it("opens a page of every other kind without an error, over server, desktop", async () => {
    await opensCleanly(world, site, "server", DESKTOP, OTHERS);
  });

  it("sends the Content-Security-Policy that the other tests rely on", async () => {
    const response = await fetch(site.bases.server);
    assert.equal(response.headers.get("content-security-policy"), "default-src 'self'");
  });

  for (const screen of site.thorough ? SCREENS : []) {
    it(`does not shift while slow fonts and scripts arrive, ${screen.name}`, async () => {
      const faults = [];
      await withReader(world.browser, site.bases.server, screen, async (page, watch) => {
        await instrument(page);
        await page.route(/\.woff2$|site\.js$/, async (route) => {
          await new Promise((done) => setTimeout(done, 150));
          await route.continue();
        });
        for (const { name, path } of MAIN) {
          await watch.open(site.bases.server + path);
          await settle(page);
          const { shift, shifted } = await page.evaluate(() => window.seenByTests);
          if (!(shift < 0.1)) faults.push(`${name}: shifted by ${shift.toFixed(3)}: ${shifted.slice(0, 5).join(", ")}`);
        }
      });
      none(faults);
    });
  }

  it("never scrolls sideways on a phone, nor at 320 pixels", async () => {
    await neverScrollsSideways(world, site, [...MAIN, ...OTHERS, notFound(site, "server")]);
  });
}

export async function opensCleanly(world, site, scheme, screen, pages) {
  const faults = [];
  const base = site.bases[scheme];
  site.server.missing.length = 0;
  await withReader(world.browser, base, screen, async (page, watch) => {
    await instrument(page);
    for (const { name, path, title, missing } of pages) {
      const response = await watch.open(base + path, { missing });
      await settle(page);
      if (missing && response.status() !== 404) faults.push(`${name}: the server answered ${response.status()}`);
      const seen = await page.evaluate(() => ({
        headings: [...document.querySelectorAll("h1")].map((h) => h.textContent),
        styled: getComputedStyle(document.querySelector(".bar") ?? document.body).backgroundColor !== "rgba(0, 0, 0, 0)",
        scripted: document.documentElement.classList.contains("js"),
        violations: window.seenByTests.violations,
      }));
      if (seen.headings.length !== 1) faults.push(`${name}: ${seen.headings.length} first-level headings`);
      if (title && seen.headings[0] !== title) faults.push(`${name}: the heading is "${seen.headings[0]}", not "${title}"`);
      if (!seen.styled) faults.push(`${name}: no style sheet`);
      if (!seen.scripted) faults.push(`${name}: no script ran`);
      for (const violation of seen.violations) faults.push(`${name}: policy violation: ${violation}`);
      faults.push(...watch.faults());
      for (const lost of site.server.missing.splice(0)) {
        if (!missing || !base.concat(path).endsWith(lost)) faults.push(`${name}: asked the server for ${lost}, which is not there`);
      }
    }
  });
  none(faults);
}

export async function neverScrollsSideways(world, site, pages) {
  const faults = [];
  await withReader(world.browser, site.bases.server, PHONE, async (page, watch) => {
    for (const { name, path, missing } of pages) {
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        if (width === 390) await watch.open(site.bases.server + path, { missing });
        const wide = await page.evaluate((limit) => {
          // The screen's width, not innerWidth: a phone zooms out of a page that is too wide, and innerWidth grows with it.
          const needed = document.scrollingElement.scrollWidth;
          if (needed <= limit) return null;
          const scrolls = (e) => e && e !== document.documentElement && (/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
          const culprits = [...document.body.querySelectorAll("*")]
            .filter((e) => e.getBoundingClientRect().right > limit + 1 && !scrolls(e.parentElement))
            .map((e) => `<${e.localName} class="${e.className}"> ${e.textContent.trim().slice(0, 40)}`);
          return `${needed} pixels wide: ${culprits.slice(-2).join(" | ")}`;
        }, width);
        if (wide) faults.push(`${name} at ${width}: ${wide}`);
      }
    }
  });
  none(faults);
}

/** Two frames and a little: late scripts and observers have had their say. */
function settle(page) {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))),
  );
}
