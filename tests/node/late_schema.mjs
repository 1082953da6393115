// Holds a published document (the monthly list, index 766) against its JSON Schema, then the document with each of
// its values changed.
// usage: node late_schema.mjs SCHEMA ENVELOPE CHANGES_AT_LEAST
//
// The document must be valid. No object of it may lose a member, gain one, or have a member of another type: each such
// document must be refused. Prints every finding; the exit status is 1 when there is one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const [schemaFile, envelopeFile, changesAtLeast] = process.argv.slice(2);
const ajv = new Ajv({ allErrors: false, strict: true, strictRequired: true });
addFormats(ajv);
const valid = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
const envelope = JSON.parse(readFileSync(envelopeFile, "utf8"));

const findings = [];
if (!valid(envelope)) findings.push(`the document is refused: ${JSON.stringify(valid.errors)}`);

let changes = 0;
const mustRefuse = (what) => {
  ++changes;
  if (valid(envelope)) findings.push(`${what} is not refused`);
};
// One object of each shape is enough, and so is the first item of a list.
const seen = new Set();
function change(node, path) {
  if (Array.isArray(node)) return node.slice(0, 3).forEach((item, i) => change(item, `${path}/${i}`));
  if (node === null || typeof node !== "object") return;
  const shape = `${path.replace(/\/\d+/g, "/*")}:${Object.keys(node)}`;
  for (const [name, value] of Object.entries(node)) {
    if (!seen.has(shape)) {
      delete node[name];
      mustRefuse(`${path} without ${name}`);
      node[name] = [];
      if (!Array.isArray(value)) mustRefuse(`${path}/${name} as a list`);
      node[name] = 1.5;
      mustRefuse(`${path}/${name} as a fraction`);
      node[name] = value;
    }
    change(value, `${path}/${name}`);
  }
  if (!seen.has(shape)) {
    node.further = 1;
    mustRefuse(`${path} with a further member`);
    delete node.further;
  }
  seen.add(shape);
}
change(envelope, "");
if (!(changes >= Number(changesAtLeast))) findings.push(`only ${changes} changes were tried`);
if (!valid(envelope)) findings.push("the document is not as it was");

findings.forEach((finding) => console.log(finding));
process.exit(findings.length > 0 ? 1 : 0);
