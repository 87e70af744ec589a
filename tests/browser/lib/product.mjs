// The product under test: compiled here, run as a reader's builder would run it.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../../..");

/** The wiki of this repository: its playbooks are pages like others. */
export const SETTINGS = join(ROOT, "ttpress.toml");

/** The release binary. `TTPRESS` names another one; otherwise cargo builds it and says where it lies. */
export function binary() {
  if (process.env.TTPRESS) return process.env.TTPRESS;
  const messages = execFileSync(
    "cargo",
    ["build", "--release", "--locked", "--bin", "ttpress", "--message-format=json-render-diagnostics"],
    { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "inherit"] },
  );
  const built = messages
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find((message) => message.reason === "compiler-artifact" && message.target.name === "ttpress" && message.executable);
  if (!built) throw new Error("cargo build named no ttpress executable");
  return built.executable;
}

/** The three bundles of 18.1 with their texts, where this machine has them. */
export function realBundles() {
  const shared = process.env.TTPRESS_SHARED ?? join(ROOT, "../shared");
  const bundles = ["enterprise", "mobile", "ics"].map((domain) => join(shared, `attack/${domain}-attack-18.1.json.zst`));
  if (bundles.every((bundle) => existsSync(bundle))) return bundles;
  if (process.env.TTPRESS_SHARED || process.env.TTPRESS_REQUIRE_REAL === "1") {
    throw new Error(`${bundles[0]} and its siblings must be there, and are not`);
  }
  return null;
}

/** Builds a site, in the folder `home`, where no settings lie. */
export function build(executable, home, options) {
  const args = ["build", "--quiet", ...options];
  const run = spawnSync(executable, args, { cwd: home, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`ttpress ${args.join(" ")} ended with ${run.status}:\n${run.stderr}`);
}

/** What the terminal finds, the best first: IDs for each query. */
export function ask(executable, home, options, queries) {
  const run = spawnSync(executable, ["search", "-", "--json", ...options], {
    cwd: home,
    input: queries.join("\n"),
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (run.status !== 0) throw new Error(`ttpress search ended with ${run.status}:\n${run.stderr}`);
  return run.stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** Queries that others wrote, where this machine has them. */
export function sharedQueries() {
  const path = join(process.env.TTPRESS_SHARED ?? join(ROOT, "../shared"), "search-eval/queries-dev.jsonl");
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line).query);
}
