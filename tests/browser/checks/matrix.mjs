// The matrix explorer: overlays, comparison, filters, layers in and out, keyboard, history, paper.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { none } from "../lib/faults.mjs";
import { DESKTOP, PHONE, instrument, views, withReader } from "../lib/reader.mjs";

const ENTERPRISE = "matrices/enterprise/index.html";
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export function matrix(world, site) {
  /** The techniques of the Enterprise matrix that a group or one of its campaigns used. */
  const used = (id) => {
    const enterprise = new Set(site.twin("matrices/enterprise").relations.tactics);
    const inMatrix = (t) => site.twin(`techniques/${t.replace(".", "/")}`).relations.tactics.some((tactic) => enterprise.has(tactic));
    return new Set(site.twin(`groups/${id}`).relations.techniques_with_campaigns.filter(inMatrix));
  };

  for (const [scheme, screen] of views(site)) {
    const base = site.bases[scheme];
    const over = `over ${scheme}, ${screen.name}`;
    const reader = (work) => withReader(world.browser, base, screen, work);

    it(`overlays a group, compares it with another, and tells what only one has, ${over}`, async () => {
      const apt29 = used("G0016");
      const apt28 = used("G0007");
      const both = [...apt29].filter((id) => apt28.has(id)).length;
      await reader(async (page, watch) => {
        await instrument(page);
        await watch.open(base + ENTERPRISE);
        await unfold(page, screen);
        await choose(page, "a", "cozy bear");
        assert.equal(await counted(page, "APT29"), apt29.size, "APT29: techniques");
        assert.deepEqual(await marked(page), [...apt29].sort(), "the cells that are marked");
        await choose(page, "b", "G0007");
        assert.equal(await counted(page, "Both"), both);
        assert.equal(await counted(page, "Only APT29"), apt29.size - both);
        assert.equal(await counted(page, "Only APT28"), apt28.size - both);
        await legend(page, "Only APT29").click();
        assert.equal((await shown(page)).filter((cell) => cell.part === "mk-a").length, apt29.size - both);
        assert.match(page.url(), /#a=G0016&b=G0007&only=a$/);
        const url = page.url();
        await page.goBack();
        await page.waitForURL(/b=G0007$/);
        assert.equal(await legend(page, "Only APT29").getAttribute("aria-pressed"), "false", "back: nothing is singled out");
        await page.goBack();
        await page.waitForURL(/a=G0016$/);
        assert.equal(await counted(page, "APT29"), apt29.size, "back: one overlay");
        await page.goForward();
        await page.goForward();
        await page.waitForURL(url);
        assert.equal(await legend(page, "Only APT29").getAttribute("aria-pressed"), "true", "forward again");
        assert.deepEqual(await page.evaluate(() => window.seenByTests.violations), []);
        none(watch.faults());
      });
    });

    it(`shows the view that an address holds, ${over}`, async () => {
      await reader(async (page, watch) => {
        await watch.open(`${base}${ENTERPRISE}#a=G0016&b=coverage&platform=Linux&tactic=persistence&layout=side&open=all`);
        await legend(page, "Neither").waitFor();
        const cells = await shown(page);
        assert.ok(cells.length > 20 && cells.every((cell) => cell.tactic === "persistence"), "only cells of persistence");
        for (const { id, faint } of cells) {
          const platforms = site.twin(`techniques/${id.replace(".", "/")}`).platforms;
          assert.ok(faint || platforms.includes("Linux"), `${id} is shown and is not for Linux`);
        }
        assert.equal(await page.locator("#matrix.side").count(), 1);
        none(watch.faults());
      });
    });

    it(`finds techniques by words, platform and data source, ${over}`, async () => {
      await reader(async (page, watch) => {
        await watch.open(base + ENTERPRISE);
        await unfold(page, screen);
        await page.locator("#explorer [name=q]").fill("powershell");
        await page.waitForFunction(() => location.hash === "#q=powershell");
        const hits = (await shown(page)).filter((cell) => !cell.faint).map((cell) => cell.id);
        assert.ok(hits.includes("T1059.001"), `PowerShell is shown: ${hits}`);
        await page.locator("#explorer [name=q]").fill("");
        await page.getByLabel("Data source").selectOption({ label: "Process Creation" });
        const some = (await shown(page)).length;
        assert.ok(some > 50, `${some} techniques for Process Creation`);
        await page.getByLabel("Platform").selectOption("macOS");
        const fewer = (await shown(page)).length;
        assert.ok(fewer > 10 && fewer < some, `${fewer} of them for macOS`);
        assert.deepEqual(await strays(page), [], "what the filters hide is neither seen nor read out nor reached");
        await page.locator("#explorer [name=q]").fill("no such words");
        await page.getByText("No technique matches.").waitFor();
        await page.getByRole("button", { name: "Reset" }).click();
        const techniques = await page.evaluate(() => new Set(self.ttpressMatrix.cells.filter((cell) => !cell.parent).map((cell) => cell.id)).size);
        assert.equal((await shown(page)).length, techniques, "all are back");
        assert.equal(new URL(page.url()).hash, "");
        none(watch.faults());
      });
    });

    it(`saves a layer and reads it again, ${over}`, async () => {
      await reader(async (page, watch) => {
        await watch.open(`${base}${ENTERPRISE}#a=G0016&b=G0007`);
        await legend(page, "Both").waitFor();
        await unfold(page, screen);
        const before = await shown(page);
        const layer = JSON.parse(await save(page, "layer"));
        assert.equal(layer.versions.layer, "4.5");
        assert.equal(layer.domain, "enterprise-attack");
        await page.getByRole("button", { name: "Reset" }).click();
        await open(page, "mine.json", JSON.stringify(layer));
        await page.getByText(`${layer.name}: ${layer.techniques.length} techniques.`).waitFor();
        const painted = await shown(page);
        assert.deepEqual(painted.filter((cell) => cell.part).map((cell) => cell.id), before.filter((cell) => cell.part).map((cell) => cell.id));
        none(watch.faults());
      });
    });
  }

  const desk = (work) => withReader(world.browser, site.bases.server, DESKTOP, work);

  it("opens a layer dropped on the page and says what it cannot use", async () => {
    await desk(async (page, watch) => {
      await instrument(page);
      await watch.open(site.bases.server + ENTERPRISE);
      await unfold(page, DESKTOP);
      const asked = [];
      const layer = (more) => ({ name: "Mine", domain: "enterprise-attack", versions: { layer: "4.5", navigator: "5.1.0" }, techniques: [], ...more });
      const mine = layer({
        name: "<img src=x onerror=alert(1)>",
        techniques: [
          { techniqueID: "T1059.001", score: 100 },
          { techniqueID: "T1086", score: 1, tactic: "execution" },
          { techniqueID: "T1105", score: 50, comment: "<b>seen</b>" },
          { techniqueID: "T1566", score: 0 },
          { techniqueID: "T1190", color: "url(http://evil.test/)" },
          { techniqueID: "T0000", score: 1 },
          { techniqueID: "__proto__", score: 1 },
          null,
        ],
        gradient: { colors: ["#ffffff", "#000000"], minValue: 0, maxValue: 100 },
        legendItems: [{ label: "<i>hot</i>", color: "#ff0000" }],
      });
      page.on("request", (request) => /\.(woff2|svg)$/.test(request.url()) || asked.push(request.url()));
      await page.evaluate((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "mine.json", { type: "application/json" }));
        for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }, JSON.stringify(mine));
      await page.getByText("<img src=x onerror=alert(1)>: 2 techniques.").waitFor();
      await page.getByText("IDs that this matrix does not have: 3.").waitFor();
      await page.getByText("Revoked IDs, read as their successors: 1.").waitFor();
      await page.getByText("<i>hot</i>", { exact: true }).waitFor();
      assert.deepEqual(await marked(page), ["T1059.001", "T1105"]);
      const colour = (id) => page.evaluate((id) => getComputedStyle(self.ttpressMatrix.cells.find((c) => c.id === id).link).backgroundColor, id);
      assert.equal(await colour("T1105"), "rgb(128, 128, 128)", "the middle of the gradient");
      const says = async (name, text, message) => {
        await open(page, name, text);
        await page.getByText(message).waitFor();
      };
      await says("bad.json", "{", /bad\.json is not JSON: /);
      await says("other.json", "{}", /other\.json holds no Navigator layer/);
      await says("old.json", JSON.stringify(layer({ versions: { layer: "3.0" } })), /layer format 3\.0; formats 4\.x/);
      await says("mobile.json", JSON.stringify(layer({ domain: "mobile-attack" })), /a layer for mobile-attack; this matrix is enterprise-attack/);
      await open(page, "two.json", JSON.stringify([layer({ name: "First" }), layer({ name: "Second", techniques: [{ techniqueID: "T1105", score: 1 }] })]));
      await page.getByRole("button", { name: "Second" }).click();
      assert.equal(await counted(page, "Both"), 1, "the second layer of the list is compared with the layer before");
      assert.equal(await page.locator("main img").count(), 0);
      assert.deepEqual(asked, [], "requests since the explorer was there");
      await page.reload();
      await page.getByText(/This view shows a layer file that is not here/).waitFor();
      assert.deepEqual(await page.evaluate(() => window.seenByTests.violations), []);
      none(watch.faults());
    });
  });

  it("saves the view as SVG, PNG and CSV", async () => {
    await desk(async (page, watch) => {
      await instrument(page);
      await watch.open(`${site.bases.server}${ENTERPRISE}#a=G0016&b=coverage&only=a&open=all`);
      await legend(page, "Both").waitFor();
      const gaps = await counted(page, "Only APT29");
      const lines = (await save(page, "csv")).trim().split("\r\n");
      assert.equal(lines.length - 1, gaps, "a line for each gap");
      assert.match(lines[0], /^ID,Name,Tactics,Playbook,Rules,Tests,APT29,Playbook coverage$/);
      const svg = await save(page, "svg");
      const drawn = await page.evaluate((svg) => {
        const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
        return { name: root.localName, texts: Array.from(root.querySelectorAll("text"), (text) => text.textContent).join("\n") };
      }, svg);
      assert.equal(drawn.name, "svg");
      assert.match(drawn.texts, /Cloud API/);
      assert.match(drawn.texts, /Only APT29/);
      const png = await save(page, "png", null);
      assert.equal(png.subarray(1, 4).toString(), "PNG");
      assert.ok(png.readUInt32BE(16) > 1000, `a picture ${png.readUInt32BE(16)} pixels wide`);
      assert.deepEqual(await page.evaluate(() => window.seenByTests.violations), []);
      none(watch.faults());
    });
  });

  it("is walked by keyboard, with one cell in the tab order", async () => {
    await desk(async (page, watch) => {
      await watch.open(site.bases.server + ENTERPRISE);
      assert.equal(await page.locator("#matrix section a[tabindex='0']").count(), 1);
      const at = () => page.evaluate(() => document.activeElement.cell && `${document.activeElement.cell.column.tactic} ${document.activeElement.cell.name}`);
      await page.locator("#matrix ol a").first().focus();
      const first = await at();
      await page.keyboard.press("ArrowDown");
      assert.notEqual(await at(), first);
      await page.keyboard.press("Home");
      assert.equal(await at(), first);
      await page.keyboard.press("ArrowRight");
      assert.match(await at(), /^resource-development /);
      await page.waitForFunction(() => self.ttpressMatrix.ready);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("e");
      await page.keyboard.press("ArrowDown");
      assert.ok(await page.evaluate(() => document.activeElement.cell.parent !== null), "`e` opens the sub-techniques");
      await page.keyboard.press("e");
      assert.equal(await at(), first, "`e` closes them and stands on the technique");
      const card = page.locator(".mx-card");
      await card.waitFor();
      await page.keyboard.press("Tab");
      assert.ok(await card.evaluate((e) => e.contains(document.activeElement)), "Tab leads into the card");
      await page.keyboard.press("Escape");
      assert.equal(await card.isVisible(), false);
      assert.equal(await at(), first, "Escape leads back to the cell");
      await page.keyboard.press("Enter");
      await page.waitForURL(/techniques\/T\d+\/index\.html$/);
      none(watch.faults());
    });
  });

  it("shows the card of a cell under a pointer that rests, and none for a touch", async () => {
    await desk(async (page, watch) => {
      await watch.open(`${site.bases.server}${ENTERPRISE}#a=G0016`);
      await legend(page, "APT29").waitFor();
      await page.locator("#TA0011").getByRole("link", { name: "Ingress Tool Transfer" }).hover();
      const card = page.locator(".mx-card");
      await card.getByText("T1105").waitFor();
      await card.getByRole("link", { name: "Playbook" }).click();
      await page.waitForURL(/playbooks\/t1105[^/]*\/index\.html$/);
      none(watch.faults());
    });
    await withReader(world.browser, site.bases.server, PHONE, async (page, watch) => {
      await watch.open(`${site.bases.server}${ENTERPRISE}#a=G0016`);
      await legend(page, "APT29").waitFor();
      await page.locator("#TA0011").getByRole("link", { name: "Ingress Tool Transfer" }).tap();
      await page.waitForURL(/techniques\/T1105\/index\.html$/);
      none(watch.faults());
    });
  });

  for (const screen of site.thorough ? [DESKTOP, PHONE] : []) {
    it(`has no axe violation with the explorer open, light and dark, ${screen.name}`, async () => {
      const faults = [];
      await withReader(world.browser, site.bases.server, { ...screen, colorScheme: "light" }, async (page, watch) => {
        await watch.open(`${site.bases.server}${ENTERPRISE}#a=G0016&b=G0007&tactic=execution&open=all`);
        await legend(page, "Both").waitFor();
        await unfold(page, screen);
        await page.locator("#explorer [name=a]").click();
        await page.locator("#explorer [name=a]").pressSequentially("apt");
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"], preload: false }).setLegacyMode();
          // The second colour changes colours only.
          const result = await (colorScheme === "light" ? axe.withTags(TAGS) : axe.withRules(["color-contrast"])).analyze();
          faults.push(...result.violations.map((v) => `${colorScheme}: ${v.id}, ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`));
        }
      });
      none(faults);
    });
  }

  it("prints the view as it is, without its tools", async () => {
    await withReader(world.browser, site.bases.server, { ...DESKTOP, colorScheme: "dark" }, async (page, watch) => {
      await watch.open(`${site.bases.server}${ENTERPRISE}#a=G0016&open=T1059`);
      await legend(page, "APT29").waitFor();
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assert.equal(await page.locator("#explorer").isVisible(), false);
      assert.equal(await legend(page, "APT29").isVisible(), true);
      assert.equal(await page.locator("#TA0002").getByRole("link", { name: "PowerShell" }).isVisible(), true);
      assert.equal(await page.locator("#TA0001").getByRole("link", { name: "Spearphishing Link" }).isVisible(), false);
      none(watch.faults());
    });
  });
}

/** On a phone the tools are folded. */
async function unfold(page, screen) {
  if (screen === PHONE) await page.getByRole("button", { name: "Explore" }).click();
  await page.locator("#explorer").dispatchEvent("pointerdown");
  await page.waitForFunction(() => self.ttpressMatrix.ready);
}

/** Types a name into one of the overlay fields and takes the first that is offered. */
async function choose(page, slot, name) {
  await page.locator(`#explorer [name=${slot}]`).click();
  await page.locator(`#explorer [name=${slot}]`).pressSequentially(name);
  await page.locator(`#mx-${slot} [role=option]`).first().waitFor();
  await page.keyboard.press("Enter");
}

function legend(page, label) {
  return page.locator(".mx-legend button").filter({ has: page.locator("span", { hasText: new RegExp(`^${label}$`) }) });
}

async function counted(page, label) {
  return Number(await legend(page, label).locator("b").textContent());
}

/** The techniques whose cells are marked, shown or folded away. */
function marked(page) {
  return page.evaluate(() => [...new Set(self.ttpressMatrix.cells.filter((cell) => cell.link.className).map((cell) => cell.id))].sort());
}

/** Cells that are not filtered away, of folded ones only those that are open; each technique once. */
function shown(page) {
  return page.evaluate(() => {
    const seen = new Map();
    for (const { id, link, item, column, parent, part } of self.ttpressMatrix.cells) {
      const name = part ? link.className.split(" ")[1] ?? "mk" : "";
      const isShown = !item.closest("[hidden]");
      if (isShown && (!parent || parent.fold.open || part) && !seen.has(id)) seen.set(id, { id, part: name, tactic: column.tactic, faint: item.classList.contains("faint") });
    }
    return [...seen.values()];
  });
}

/** Cells that are filtered away, not just folded, and still take room, show or can be focused. */
function strays(page) {
  return page.evaluate(() => {
    const out = self.ttpressMatrix.cells.filter(({ item, link, column, parent }) => {
      if (!item.closest("[hidden]") || (parent && !parent.fold.open)) return false;
      link.focus();
      const isReached = document.activeElement === link || link.checkVisibility({ visibilityProperty: true });
      return isReached || (!column.section.hidden && item.hidden && item.offsetHeight > 0);
    });
    return out.map(({ id }) => id);
  });
}

/** What the explorer saves, as text or bytes. */
async function save(page, kind, encoding = "utf8") {
  await page.locator(".mx-menu summary").first().click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`[data-do=${kind}]`).click()]);
  return readFileSync(await download.path(), encoding);
}

/** Gives the page a file, by its file dialog. */
async function open(page, name, text) {
  await page.locator(".mx-menu summary").first().click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.locator("[data-do=import]").click()]);
  await chooser.setFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
}
