// Holds real exchanges with the server against the OpenAPI document.
// usage: node contract.mjs OPENAPI_JSON EXCHANGES
//
// EXCHANGES has one JSON object a line: {method, target, request_headers, request_body, status, headers, body}.
// Everything that was said must be in the document, and everything in the document must have been said. Prints
// every finding; the exit status is 1 when there is one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const [documentFile, exchangesFile] = process.argv.slice(2);
const document = JSON.parse(readFileSync(documentFile, "utf8"));
const exchanges = readFileSync(exchangesFile, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
addFormats(ajv);
// Words of OpenAPI that say nothing about values.
ajv.addVocabulary(["openapi", "info", "servers", "tags", "security", "paths", "components", "summary"]);
ajv.addSchema({ $id: "https://motcua.invalid/openapi.json", ...document });

const findings = new Map();
const found = (text) => findings.set(text, (findings.get(text) ?? 0) + 1);

const resolve = (node) => {
  while (node?.$ref) {
    const { $ref, ...beside } = node;
    node = { ...$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], document), ...beside };
  }
  return node;
};
const nameOf = (node, above) => (node.$ref ? node.$ref.split("/").at(-1) : above);

const validators = new Map();
const validator = (schema) => {
  const text = JSON.stringify(schema);
  if (!validators.has(text)) {
    const absolute = JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"https://motcua.invalid/openapi.json#/'));
    validators.set(text, ajv.compile(absolute));
  }
  return validators.get(text);
};
const wrongs = (schema, value) => (validator(schema)(value) ? [] : validator(schema).errors.map((e) => `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`));

// The members of every object schema that can be reached from a body, and those that were seen.
const known = new Set();
const seen = new Set();

function collect(schema, above, visited = new Set()) {
  const name = nameOf(schema, above);
  if (schema.$ref) {
    if (visited.has(schema.$ref)) return;
    visited.add(schema.$ref);
  }
  const node = resolve(schema);
  for (const [key, member] of Object.entries(node.properties ?? {})) {
    known.add(`${name}.${key}`);
    collect(member, `${name}.${key}`, visited);
  }
  for (const part of [...(node.oneOf ?? []), ...(node.anyOf ?? []), ...(node.allOf ?? [])]) collect(part, name, visited);
  if (node.items) collect(node.items, `${name}[]`, visited);
}

// Walks a valid value along its schema: notes the members that were there, and finds those without a name.
function walk(schema, value, above, where) {
  const name = nameOf(schema, above);
  const node = resolve(schema);
  for (const part of node.allOf ?? []) walk(part, value, name, where);
  const choices = [...(node.oneOf ?? []), ...(node.anyOf ?? [])].filter((part) => part.properties || part.$ref || part.type);
  const choice = choices.find((part) => validator(part)(value));
  if (choice) walk(choice, value, name, where);
  if (Array.isArray(value) && node.items) value.forEach((item) => walk(node.items, item, `${name}[]`, where));
  if (!node.properties || value === null || typeof value !== "object" || Array.isArray(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const schemaOfMember = node.properties[key];
    if (!schemaOfMember) {
      found(`${where}: the document does not name ${name}.${key}`);
      continue;
    }
    seen.add(`${name}.${key}`);
    walk(schemaOfMember, member, `${name}.${key}`, where);
  }
}

function operationOf(method, path) {
  const parts = path.split("/");
  let best = null;
  for (const [template, item] of Object.entries(document.paths)) {
    const wanted = template.split("/");
    if (!item[method] || wanted.length !== parts.length) continue;
    if (!wanted.every((part, i) => part === parts[i] || (part.startsWith("{") && parts[i] !== ""))) continue;
    const literals = wanted.filter((part) => !part.startsWith("{")).length;
    if (!best || literals > best.literals) best = { template, literals, operation: item[method] };
  }
  return best;
}

const parametersOf = (operation) => (operation.parameters ?? []).map(resolve);

function checkParameters(exchange, operation, query, where) {
  const parameters = parametersOf(operation);
  const asked = where.replace(/^HEAD /, "GET "); // HEAD reads what GET reads
  for (const [name, text] of query) {
    const parameter = parameters.find((one) => one.in === "query" && one.name === name);
    if (!parameter) {
      if (exchange.status < 300) found(`${where}: took the query parameter ${name}, which the document does not name`);
      continue;
    }
    if (exchange.status < 300) seenParameters.add(`${asked} ${name}`);
    const schema = resolve(parameter.schema);
    const value = valueOf(schema.type, text);
    const wrong = wrongs(parameter.schema, value);
    if (exchange.status < 300 && wrong.length) found(`${where}: took ${name}=${text}: ${wrong[0]}`);
  }
  if (exchange.status >= 300) return;
  for (const parameter of parameters.filter((one) => one.in === "header")) {
    const sent = exchange.request_headers[parameter.name.toLowerCase()];
    if (parameter.required && sent === undefined) found(`${where}: was done without ${parameter.name}`);
    if (sent !== undefined) seenParameters.add(`${asked} ${parameter.name}`);
  }
}
const valueOf = (type, text) => {
  if (type === "integer") return Number(text);
  if (type === "boolean") return { true: true, false: false }[text] ?? text;
  return type === "array" ? text.split(",") : text;
};
const seenParameters = new Set();

// Faults that a schema can state too: then it must refuse what the server refused.
const stated = new Set(["missing_field", "unknown_field", "wrong_type", "bad_format"]);

function checkRequest(exchange, operation, where) {
  if (!operation.requestBody) return;
  const content = resolve(operation.requestBody).content["application/json"];
  let body;
  try {
    body = JSON.parse(exchange.request_body);
  } catch {
    if (exchange.status < 300) found(`${where}: took a body that is no JSON`);
    return;
  }
  const wrong = wrongs(content.schema, body);
  if (exchange.status < 300) {
    if (wrong.length) found(`${where}: took a body that the document refuses: ${wrong.join("; ")}`);
    else walk(content.schema, body, "body", where);
  }
  if (exchange.status !== 422) return;
  const faults = JSON.parse(exchange.body).errors ?? [];
  const own = faults.filter((fault) => stated.has(fault.code) && !fault.pointer?.startsWith("#/facts"));
  if (own.length && !wrong.length) found(`${where}: refused (${own[0].pointer} ${own[0].code}) a body that the document allows`);
}

const transport = new Set(["content-type", "content-length", "transfer-encoding", "connection", "cache-control", "content-language", "allow",
  // of every answer, or of each that is no JSON: told once, in the description
  "x-content-type-options", "content-security-policy", "referrer-policy"]);
const seenHeaders = new Set();
const seenResponses = new Set();

function checkAnswer(exchange, operation, where) {
  const stated = operation?.responses[exchange.status];
  const response = stated ? resolve(stated) : undefined;
  if (operation && !response) return found(`${where}: answered ${exchange.status}, which the document does not name`);
  if (stated) seenResponses.add(stated.$ref ?? `${where} ${exchange.status}`);
  if (exchange.status >= 400) checkProblem(exchange, where);
  const declared = Object.fromEntries(Object.entries(response?.headers ?? {}).map(([name, header]) => [name.toLowerCase(), header]));
  for (const [name, value] of Object.entries(exchange.headers)) {
    if (transport.has(name) || !operation) continue;
    if (!declared[name]) found(`${where}: answered ${exchange.status} with the header ${name}, which the document does not name`);
    else {
      seenHeaders.add(declared[name].$ref);
      const schema = resolve(declared[name]).schema;
      const wrong = wrongs(schema, schema.type === "integer" ? Number(value) : value);
      if (wrong.length) found(`${where}: the header ${name} is ${value}: ${wrong[0]}`);
    }
  }
  if (exchange.method === "HEAD" || exchange.status === 307) return;
  const type = exchange.headers["content-type"]?.split(";")[0];
  const content = operation ? response.content?.[type] : document.components.responses.NotFound.content[type];
  if (!content) return found(`${where}: answered ${exchange.status} as ${type}, which the document does not name`);
  const value = type.endsWith("json") ? JSON.parse(exchange.body) : exchange.body;
  const wrong = wrongs(content.schema, value);
  if (wrong.length) found(`${where}: the answer ${exchange.status} is not of its schema: ${wrong.slice(0, 4).join("; ")}`);
  else walk(content.schema, value, "answer", where);
}

function checkProblem(exchange, where) {
  if (exchange.method === "HEAD") return;
  const problem = JSON.parse(exchange.body);
  if (problem.status !== undefined && problem.status !== exchange.status) found(`${where}: a problem of status ${problem.status} with ${exchange.status}`);
  if (!problem.code) return;
  if (problem.type !== `urn:motcua:problem:${problem.code}`) found(`${where}: ${problem.code} has the type ${problem.type}`);
  if (problem.code !== "internal_error" && /internal error|lỗi hệ thống/i.test(problem.title)) found(`${where}: the code ${problem.code} has no text of its own`);
  if (!document.components.schemas.Problem.properties.code.examples.includes(problem.code)) found(`${where}: the document does not list the code ${problem.code}`);
  if (problem.instance !== `urn:uuid:${exchange.headers["x-request-id"]}`) found(`${where}: the problem is of another request than its header says`);
}

for (const exchange of exchanges) {
  const [path, search = ""] = exchange.target.split("?");
  // A plus stays a plus, as in +07:00.
  const query = search.split("&").filter(Boolean).map((pair) => pair.split("=").map((part) => decodeURIComponent(part)));
  const method = exchange.method === "HEAD" ? "get" : exchange.method.toLowerCase();
  const match = operationOf(method, path);
  const where = match ? `${exchange.method} ${match.template}` : `${exchange.method} ${path}`;
  if (!match && exchange.status < 400) found(`${where}: is answered ${exchange.status}, but the document does not name it`);
  try {
    if (match) {
      if (exchange.status < 300) seenResponses.add(`done ${method} ${match.template}`);
      checkParameters(exchange, match.operation, query, where);
      checkRequest(exchange, match.operation, where);
    }
    checkAnswer(exchange, match?.operation, where);
  } catch (error) {
    found(`${where}: ${error.stack}`);
  }
}

// What no test can bring about at will over HTTP: a fault of our own, a queue that is full, a store that fails,
// ten thousand clocks that run out in one call, a record that was damaged.
const outOfReach = new Set(["#/components/responses/TypedTextLost", "#/components/responses/Failed", "#/components/responses/Unavailable"]);

for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const where = `${method.toUpperCase()} ${path}`;
    if (!seenResponses.has(`done ${method} ${path}`)) found(`${where}: was never done`);
    if (operation.requestBody) collect(resolve(operation.requestBody).content["application/json"].schema, "body");
    for (const response of Object.values(operation.responses)) {
      for (const content of Object.values(resolve(response).content ?? {})) collect(content.schema, "answer");
    }
    for (const parameter of parametersOf(operation)) {
      if (parameter.in === "query" && !seenParameters.has(`${where} ${parameter.name}`)) found(`${where}: ${parameter.name} was never given`);
    }
    if (!["200", "201", "202"].some((status) => operation.responses[status])) found(`${where}: has no 200`);
  }
}
for (const kind of ["responses", "headers"]) {
  for (const name of Object.keys(document.components[kind])) {
    const ref = `#/components/${kind}/${name}`;
    const was = kind === "responses" ? seenResponses.has(ref) : seenHeaders.has(ref);
    if (!was && !outOfReach.has(ref)) found(`${ref}: was never answered`);
  }
}
for (const member of known) if (!seen.has(member)) found(`${member}: made no round trip`);

for (const [text, times] of findings) console.log(times > 1 ? `${text} (${times} times)` : text);
console.log(`${exchanges.length} exchanges, ${known.size} members, ${findings.size} findings`);
process.exitCode = findings.size ? 1 : 0;
