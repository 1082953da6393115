// Logs a person in as an application would, by an authorisation code with PKCE, and prints the access token.
// usage: node login.mjs ISSUER OFFICER RESOURCE     a person
//        node login.mjs ISSUER - RESOURCE           software, by its own credentials
import { createHash, randomBytes } from "node:crypto";

const [issuer, officer, resource] = process.argv.slice(2);
const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();

const form = async (url, members, headers = {}) => fetch(url, { method: "POST", redirect: "manual", headers, body: new URLSearchParams(members) });
const token = async (members, headers) => {
  const answer = await (await form(discovery.token_endpoint, members, headers)).json();
  if (!answer.access_token) throw new Error(JSON.stringify(answer));
  return answer.access_token;
};

// What a browser does: keeps cookies, and goes where it is sent until that is the application.
const cookies = new Map();
async function visit(url, members) {
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  const answer = members ? await form(url, members, headers) : await fetch(url, { redirect: "manual", headers });
  // All in one, as Debian's node has no getSetCookie; a comma also stands in a date.
  const set = answer.headers.get("set-cookie") ?? "";
  for (const cookie of set.split(/,(?=\s*[^;,=\s]+=)/).filter(Boolean)) {
    const [, name, value] = cookie.match(/^\s*([^=]+)=([^;]*)/);
    cookies.set(name, value);
  }
  const next = answer.headers.get("location");
  if (next?.startsWith("https://counter.example.vn/")) return new URL(next).searchParams;
  if (next) return visit(new URL(next, url));
  const page = await answer.text();
  if (!url.toString().includes("/interaction/")) throw new Error(`${url}: ${answer.status} ${page}`);
  const consent = page.includes('value="consent"');
  return visit(url, consent ? { prompt: "consent" } : { prompt: "login", login: `u-${officer}`, password: "any" });
}

if (officer === "-") {
  const basic = Buffer.from("machine:not-a-secret").toString("base64");
  console.log(await token({ grant_type: "client_credentials", resource, scope: "dossiers" }, { authorization: `Basic ${basic}` }));
} else {
  const verifier = randomBytes(32).toString("base64url");
  const asked = new URLSearchParams({
    client_id: "counter",
    response_type: "code",
    redirect_uri: "https://counter.example.vn/back",
    scope: "openid dossiers",
    resource,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const back = await visit(`${discovery.authorization_endpoint}?${asked}`);
  if (!back.get("code")) throw new Error(back.toString());
  console.log(
    await token({ grant_type: "authorization_code", code: back.get("code"), redirect_uri: "https://counter.example.vn/back", client_id: "counter", code_verifier: verifier, resource }),
  );
}
