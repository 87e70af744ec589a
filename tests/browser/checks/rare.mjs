// Pages that only some wikis have: what changed since an earlier release, and lists of rules of others.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, it } from "node:test";
import { build } from "../lib/product.mjs";
import { DESKTOP, PHONE } from "../lib/reader.mjs";
import { serve } from "../lib/server.mjs";
import { neverScrollsSideways, opensCleanly } from "./clean.mjs";

const PAGES = [
  { name: "list of updates", path: "updates/index.html", title: "Updates" },
  { name: "update", path: "updates/98.1-99.1/index.html", title: "ATT&CK 98.1 → 99.1" },
  { name: "technique with history and rules", path: "techniques/T9001/index.html", title: "Ring" },
  { name: "rules of a technique", path: "techniques/T9001/rules/index.html" },
];

export async function rare(world) {
  const home = mkdtempSync(join(tmpdir(), "ttpress-browser-"));
  const folder = join(home, "site");
  const server = await serve(folder, "/");
  const site = { server, bases: { server: server.base, file: `${pathToFileURL(folder).href}/` } };

  before(() => {
    const files = { "old.json": release("98.1", OLD), "new.json": release("99.1", NEW) };
    for (const [name, bundle] of Object.entries(files)) writeFileSync(join(home, name), JSON.stringify(bundle));
    mkdirSync(join(home, "rules"));
    for (let n = 0; n < 40; n++) writeFileSync(join(home, `rules/${n}.yml`), rule(n));
    mkdirSync(join(home, "content/playbooks"), { recursive: true });
    writeFileSync(join(home, "content/playbooks/ring.md"), PLAYBOOK);
    writeFileSync(join(home, "ttpress.toml"), '[detections.sigma]\npaths = ["rules"]\n');
    build(world.executable, home, ["--out", folder, "--attack", "new.json", "--previous", "old.json"]);
  });
  after(async () => {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  for (const [scheme, screen] of [["server", DESKTOP], ["file", PHONE]]) {
    it(`opens without an error, over ${scheme}, ${screen.name}`, () => opensCleanly(world, site, scheme, screen, PAGES));
  }
  it("never scrolls sideways on a phone, nor at 320 pixels", () => neverScrollsSideways(world, site, PAGES));
}

const OLD = {
  tactics: [["TA9001", "Opening"], ["TA9002", "Leaving"]],
  techniques: [
    { id: "T9001", name: "Knock", version: "1.0", text: "Knocks at the door.", platforms: ["Cottage"] },
    { id: "T9002", name: "Enter", version: "1.0" },
    { id: "T9003", name: "Wait", version: "1.0" },
  ],
};
const NEW = {
  tactics: [["TA9001", "Opening"]],
  techniques: [
    { id: "T9001", name: "Ring", version: "2.0", text: "Rings the bell of a-door-with-a-name-too-long-for-any-phone-to-show-in-a-line.", platforms: ["Shed"] },
    { id: "T9002", name: "Enter", version: "1.0", withdrawn: true },
    { id: "T9004", name: "Whistle", version: "1.0" },
  ],
};
const PLAYBOOK = `---
title: Ringing
technique: T9001
technique_version: "1.0"
owner: Kim
status: approved
---

First T9003, not T9002, then Leaving.
`;

/** A bundle of our own making; an object keeps its STIX ID from release to release. */
function release(version, { tactics, techniques }) {
  const date = "2024-01-01T00:00:00.000Z";
  const object = (type, id, name, more) => ({
    type, id: `${type}--00000000-0000-4000-8000-00000000${id.slice(-4)}`, name, created: date, modified: date, spec_version: "2.1",
    external_references: [{ source_name: "mitre-attack", external_id: id }], x_mitre_domains: ["enterprise-attack"], ...more,
  });
  const objects = [
    object("x-mitre-collection", "0001", "Made up", { x_mitre_version: version }),
    ...tactics.map(([id, name]) => object("x-mitre-tactic", id, name, { x_mitre_shortname: name.toLowerCase() })),
    ...techniques.map((t) => object("attack-pattern", t.id, t.name, {
      description: t.text ?? "Made up.", x_mitre_version: t.version, x_mitre_platforms: t.platforms ?? ["Cottage"],
      x_mitre_deprecated: t.withdrawn ?? false, kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: "opening" }],
    })),
  ];
  return { type: "bundle", id: "bundle--00000000-0000-4000-8000-000000000000", objects };
}

function rule(n) {
  return `title: Made up ${n}\nid: 00000000-0000-4000-8000-0000000001${n + 10}\nstatus: test\ndescription: Made up\nauthor: Nobody
tags: [attack.t9001]\nlogsource: {product: windows, category: process_creation}
detection: {selection: {Image|endswith: '${n}.exe'}, condition: selection}\nlevel: high\n`;
}
