// WCAG 2.2 AA as far as axe-core can tell, and the keyboard.

import { it } from "node:test";
import { none } from "../lib/faults.mjs";
import { AxeBuilder } from "@axe-core/playwright";
import { MAIN, OTHERS, withDeadEnd } from "../lib/pages.mjs";
import { DESKTOP, PHONE, SCREENS, withReader } from "../lib/reader.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
/** Rows and references far down long lists: axe takes ten seconds for all of them. */
const MORE_OF_THE_SAME = "tbody > tr:nth-child(n+80), .refs > li:nth-child(n+80)";

export function accessibility(world, site) {
  // Where a page lies changes nothing that axe looks at, so each screen is looked at in one place.
  const looks = site.thorough
    ? [["file", DESKTOP, ["light", "dark"]], ["server", PHONE, ["light", "dark"]]]
    : [["file", PHONE, ["dark"]], ["server", DESKTOP, ["light"]]];
  for (const [scheme, screen, colours] of looks) {
    it(`has no axe violation in ${colours.join(" and ")}, over ${scheme}, ${screen.name}`, async () => {
      await passesAxe(world, site, scheme, screen, withDeadEnd(site, scheme), colours);
    });
  }

  if (!site.thorough) return;

  it("has no axe violation on a page of every other kind, in the dark, phone", async () => {
    await passesAxe(world, site, "server", PHONE, OTHERS.filter(({ alike }) => !alike), ["dark"]);
  });

  it("offers the skip link first, and it leads to the content", async () => {
    const faults = [];
    await withReader(world.browser, site.bases.server, DESKTOP, async (page, watch) => {
      for (const { name, path } of MAIN) {
        await watch.open(site.bases.server + path);
        await page.keyboard.press("Tab");
        const skip = await page.evaluate(() => {
          const { top, bottom, height } = document.activeElement.getBoundingClientRect();
          return { text: document.activeElement.textContent, seen: height > 0 && top >= 0 && bottom <= innerHeight };
        });
        if (skip.text !== "Skip to content") faults.push(`${name}: first in the tab order is "${skip.text.slice(0, 40)}"`);
        else if (!skip.seen) faults.push(`${name}: the skip link is focused but not in view`);
        await page.keyboard.press("Enter");
        await page.keyboard.press("Tab");
        const inside = await page.evaluate(() => document.activeElement.closest("main") !== null);
        if (!inside) faults.push(`${name}: after the skip link, Tab does not reach the content`);
      }
    });
    none(faults);
  });

  for (const screen of SCREENS) {
    it(`shows where the focus is, forwards and backwards, ${screen.name}`, async () => {
      const faults = [];
      await withReader(world.browser, site.bases.server, screen, async (page, watch) => {
        for (const { name, path } of MAIN) {
          for (const key of ["Tab", "Shift+Tab"]) {
            await watch.open(site.bases.server + path);
            const reached = new Set();
            for (let step = 0; step < 30; step++) {
              await page.keyboard.press(key);
              const stop = await page.evaluate(focusStop);
              if (!stop) continue; // the browser's own controls
              reached.add(stop.what);
              if (!stop.outlined) faults.push(`${name}, ${key} ${step + 1}: no outline on ${stop.what}`);
              if (!stop.uncovered) faults.push(`${name}, ${key} ${step + 1}: out of sight: ${stop.what}`);
            }
            if (reached.size < 10) faults.push(`${name}: ${key} reaches only ${reached.size} elements in 30 steps`);
          }
        }
      });
      none(faults);
    });
  }
}

/** In the page: how the focused element shows itself. */
function focusStop() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  // Enough of it is in sight when one of these points is: the middle of each of its lines, or a quarter in.
  const points = [...element.getClientRects()].flatMap((r) =>
    [0.25, 0.5, 0.75].flatMap((x) => [0.25, 0.5, 0.75].map((y) => [r.left + r.width * x, r.top + r.height * y])),
  );
  // A scrolled region may be larger than the screen.
  if (element.id === "matrix") points.push([innerWidth / 2, innerHeight / 2]);
  const uncovered = points.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (hit === element || element.contains(hit));
  });
  return {
    what: `<${element.localName}> ${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)} ${element.getAttribute("href") ?? ""}`,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && !/, 0\)$/.test(style.outlineColor),
    uncovered,
  };
}

async function passesAxe(world, site, scheme, screen, pages, colours) {
  const faults = [];
  await withReader(world.browser, site.bases[scheme], { ...screen, colorScheme: colours[0] }, async (page, watch) => {
    for (const { name, path, missing } of pages) {
      await watch.open(site.bases[scheme] + path, { missing });
      for (const [look, colour] of colours.entries()) {
        await page.emulateMedia({ colorScheme: colour });
        const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"], preload: false }).exclude(MORE_OF_THE_SAME).setLegacyMode();
        // The second colour changes colours only.
        const result = await (look === 0 ? axe.withTags(TAGS) : axe.withRules(COLOUR_RULES)).analyze();
        const rules = result.passes.length + result.violations.length;
        if (rules < (look === 0 ? 10 : 1)) faults.push(`${name}, ${colour}: axe found only ${rules} rules to apply`);
        for (const { id, help, nodes } of result.violations) {
          const first = nodes[0];
          faults.push(`${name}, ${colour}: ${id} (${help}), ${nodes.length} times: ${first.html.slice(0, 160)}: ${first.failureSummary.split("\n").slice(1).join(" ").trim().slice(0, 200)}`);
        }
      }
    }
  });
  none(faults);
}
