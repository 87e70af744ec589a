import assert from "node:assert/strict";

/** Fails with one line for each fault; each line says on which page and what. */
export function none(faults) {
  assert.ok(faults.length === 0, `${faults.length} faults:\n${faults.slice(0, 40).join("\n")}`);
}
