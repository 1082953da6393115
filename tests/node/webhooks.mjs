// Takes deliveries as receivers would, with their libraries.
// usage: node webhooks.mjs DELIVERIES
//
// DELIVERIES has one JSON object a line: {headers, body, secrets, not_secrets, public_keys}. Each of the secrets
// (whsec_…) must verify the delivery, none of the others may, and each public key (whpk_…) must verify its v1a.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { HTTP } = require("cloudevents");
const { Webhook } = require("standardwebhooks");

const deliveries = readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
let findings = 0;
const found = (text) => {
  console.log(text);
  findings += 1;
};

const verifies = (secret, { headers, body }) => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

// An Ed25519 key in the form that node reads: its 32 bytes behind a fixed head.
const ed25519 = (key) => createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(key.slice("whpk_".length), "base64")]), format: "der", type: "spki" });
const verifiesAsymmetric = (key, { headers, body }) => {
  const content = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  const marks = headers["webhook-signature"].split(" ").filter((mark) => mark.startsWith("v1a,"));
  return marks.some((mark) => verify(null, content, ed25519(key), Buffer.from(mark.slice(4), "base64")));
};

for (const delivery of deliveries) {
  const id = delivery.headers["webhook-id"];
  for (const secret of delivery.secrets) if (!verifies(secret, delivery)) found(`${id}: not verified by its secret`);
  for (const secret of delivery.not_secrets) if (verifies(secret, delivery)) found(`${id}: verified by a secret that is over`);
  for (const key of delivery.public_keys) if (!verifiesAsymmetric(key, delivery)) found(`${id}: not verified by its public key`);
  if (verifies(delivery.secrets[0], { ...delivery, body: `${delivery.body} ` })) found(`${id}: verified with another body`);
  const event = HTTP.toEvent({ headers: delivery.headers, body: delivery.body });
  if (!event.validate()) found(`${id}: no valid CloudEvent`);
  if (event.id !== id) found(`${id}: the event is ${event.id}`);
  if (!event.type.startsWith("vn.motcua.dossier.")) found(`${id}: of type ${event.type}`);
  if (event.subject !== event.data.dossier) found(`${id}: about ${event.subject}`);
  const members = Object.keys(event.data).sort().join(" ");
  if (members !== "code dossier sequence version") found(`${id}: tells ${members}`);
}
console.log(`${deliveries.length} deliveries, ${findings} findings`);
process.exitCode = findings || !deliveries.length ? 1 : 0;
