// Drives a real browser through sites built by the release binary: one of the embedded release, served below a path at
// an address it knows, and, where the real bundles of 18.1 are at hand, one of those at the root of a server it knows
// nothing of. Both are opened as files too. What does not depend on the data is asked of one of them, the fuller one.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe } from "node:test";
import { accessibility } from "./checks/accessibility.mjs";
import { clean } from "./checks/clean.mjs";
import { controls } from "./checks/controls.mjs";
import { matrix } from "./checks/matrix.mjs";
import { noscript } from "./checks/noscript.mjs";
import { paper } from "./checks/paper.mjs";
import { paths } from "./checks/paths.mjs";
import { reading } from "./checks/reading.mjs";
import { preview } from "./checks/preview.mjs";
import { rare } from "./checks/rare.mjs";
import { ranking, search } from "./checks/search.mjs";
import { tables } from "./checks/tables.mjs";
import { tabs } from "./checks/tabs.mjs";
import { SETTINGS, ask, binary, build, realBundles } from "./lib/product.mjs";
import { launch } from "./lib/reader.mjs";
import { serve } from "./lib/server.mjs";

const bundles = realBundles();
const world = { browser: null, executable: null };

before(async () => {
  world.executable = binary();
  world.browser = await launch();
});
after(() => world.browser?.close());

const EMBEDDED = {
  name: "the embedded release",
  prose: false,
  prefix: "/wiki/",
  knowsItsAddress: true,
  deadAddress: "techniques/T9999/",
  options: (server) => ["--config", SETTINGS, "--base-url", server.base],
};
const REAL = {
  name: "the bundles of 18.1",
  prose: true,
  prefix: "/",
  knowsItsAddress: false,
  deadAddress: "nowhere.html",
  options: () => ["--config", SETTINGS, ...bundles.flatMap((bundle) => ["--attack", bundle]), "--attack-release", "18.1"],
};

for (const plan of [EMBEDDED, REAL]) {
  if (plan === REAL && !bundles) {
    describe(plan.name, { skip: "no bundles of 18.1: set TTPRESS_SHARED to the folder that holds attack/" });
    continue;
  }
  const home = mkdtempSync(join(tmpdir(), "ttpress-browser-"));
  const folder = join(home, "site");
  const server = await serve(folder, plan.prefix);
  const read = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
  const site = {
    ...plan,
    thorough: plan === REAL || !bundles,
    server,
    bases: { server: server.base, file: `${pathToFileURL(folder).href}/` },
    twin: (path) => read(`${path}/index.json`),
    objects: () => read("api/objects.json"),
    ask: (queries) => ask(world.executable, home, plan.options(server), queries),
  };

  describe(plan.name, () => {
    before(() => build(world.executable, home, ["--out", folder, ...plan.options(server)]));
    after(async () => {
      await server.close();
      rmSync(home, { recursive: true, force: true });
    });

    for (const check of [clean, paths, tables, noscript, controls, reading, search, matrix, tabs, paper, accessibility]) {
      describe(check.name, () => check(world, site));
    }
  });
}

/** Rules of our own making, many with the same words, so that their order is told by small differences. */
function writeRules(folder) {
  mkdirSync(folder);
  const tools = ["PowerShell", "Rundll32", "Scheduled Task", "LSASS Memory", "Registry Run Keys"];
  const deeds = ["download", "credential dumping", "remote services", "persistence"];
  const ids = ["t1059.001", "t1218.011", "t1053.005", "t1003.001", "t1547.001"];
  tools.forEach((tool, t) => deeds.forEach((deed, d) => {
    const name = `${ids[t]}-${d}`.replace(".", "-");
    const uuid = `00000000-0000-4000-8000-0000000000${t}${d}`;
    const lines = [
      `title: ${tool} ${deed}`, `id: ${uuid}`, "status: test", `description: Made up, ${deed} by way of ${tool}`, "author: Nobody",
      `tags: [attack.${ids[t]}]`, "logsource: {product: windows, category: process_creation}",
      `detection: {selection: {Image|endswith: '${name}.exe'}, condition: selection}`, "level: high", "",
    ];
    writeFileSync(join(folder, `${name}.yml`), lines.join("\n"));
  }));
}

describe("rules of others", () => {
  const home = mkdtempSync(join(tmpdir(), "ttpress-browser-"));
  const folder = join(home, "site");
  const site = {
    prose: false,
    bases: { file: `${pathToFileURL(folder).href}/` },
    ask: (queries) => ask(world.executable, home, [], queries),
  };
  before(() => {
    writeRules(join(home, "rules"));
    writeFileSync(join(home, "ttpress.toml"), '[detections.sigma]\npaths = ["rules"]\n');
    build(world.executable, home, ["--out", folder]);
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  describe("search", () => ranking(world, site));
});

describe("pages that only some wikis have", () => rare(world));

describe("the preview", () => preview(world));
