// The preview as its author sees it: pages that load themselves again, and mistakes over the last good page.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { none } from "../lib/faults.mjs";
import { DESKTOP, withReader } from "../lib/reader.mjs";

const playbook = (status, words) =>
  `---\ntitle: Who knocks\nstatus: ${status}\ntechnique: T1105\n---\n## Executive Summary\n\n${words}\n`;

export function preview(world) {
  const home = mkdtempSync(join(tmpdir(), "ttpress-preview-"));
  const file = join(home, "content/playbooks/knock.md");
  const save = (status, words) => writeFileSync(file, playbook(status, words));
  let process, base;

  before(async () => {
    mkdirSync(join(home, "content/playbooks"), { recursive: true });
    save("draft", "Nobody is home.");
    process = spawn(world.executable, ["serve", "--port", "0"], { cwd: home, stdio: ["ignore", "ignore", "pipe"] });
    base = await address(process);
  });
  after(() => {
    process?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  it("loads the page again after a save, where it was scrolled to", async () => {
    await withReader(world.browser, base, DESKTOP, async (page, watch) => {
      await watch.open(`${base}playbooks/knock/index.html`);
      await page.evaluate(() => scrollTo(0, 700));
      await page.waitForFunction(() => scrollY === 700);
      save("draft", "Somebody is home.");
      await page.getByText("Somebody is home.").waitFor({ state: "attached" });
      await page.waitForFunction(() => scrollY === 700);
      assert.equal(await page.locator(".ttpress-findings").count(), 0, "no panel without findings");
      none(watch.faults());
    });
  });

  it("shows a mistake over the last good page until it is mended", async () => {
    await withReader(world.browser, base, DESKTOP, async (page, watch) => {
      await watch.open(`${base}playbooks/knock/index.html`);
      save("ready <b>", "Gone.");
      const panel = page.getByRole("status").filter({ hasText: "1 error" });
      await panel.waitFor();
      const report = await panel.locator("pre").textContent();
      assert.match(report, /content\/playbooks\/knock\.md:3:9/);
      assert.match(report, /status: ready <b>/, "text stays text");
      assert.ok(await panel.locator("pre").isVisible());
      assert.ok(await page.getByText("Somebody is home.").isVisible(), "the last good page is still there");
      save("draft", "Home again.");
      await page.getByText("Home again.").waitFor();
      assert.equal(await page.getByText("1 error").count(), 0, "the panel went with the mistake");
      none(watch.faults());
    });
  });
}

/** Where a server says that it is. */
function address(process) {
  return new Promise((resolve, reject) => {
    let said = "";
    process.stderr.setEncoding("utf8").on("data", (more) => {
      said += more;
      const found = said.match(/http:\S+(?= for preview)/);
      if (found) resolve(found[0]);
    });
    process.on("exit", (code) => reject(new Error(`ttpress serve ended with ${code}:\n${said}`)));
  });
}
