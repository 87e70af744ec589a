// Holds a SARIF log on stdin against the schema of SARIF 2.1.0, and asserts that it has results of
// each kind of place.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";

const require = createRequire(import.meta.url);
const schema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const ajv = new Ajv({ schemaId: "auto", allErrors: true, unknownFormats: "ignore" });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));

const log = JSON.parse(readFileSync(0, "utf8"));
const isValid = ajv.validate(schema, log);
assert.ok(isValid, ajv.errorsText(ajv.errors, { separator: "\n" }));

const results = log.runs[0].results;
const places = results.map((result) => result.locations?.[0]?.physicalLocation);
assert.ok(places.some((place) => place?.region?.startColumn), "a result with line and column");
assert.ok(places.some((place) => place && !place.region), "a result about a whole file");
for (const level of ["error", "warning"]) assert.ok(results.some((result) => result.level === level), `a result of level ${level}`);

// The schema must be one that can say no.
delete log.runs[0].tool;
assert.ok(!ajv.validate(schema, log), "a log without a tool is refused");
console.log(`${results.length} SARIF results are valid`);
