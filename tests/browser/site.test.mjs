// Drives a real browser through sites built by the release binary: one of the embedded release, served below a path at
// an address it knows, and, where the real bundles of 18.1 are at hand, one of those at the root of a server it knows
// nothing of. Both are opened as files too. What does not depend on the data is asked of one of them, the fuller one.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
import { search } from "./checks/search.mjs";
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

describe("the preview", () => preview(world));
