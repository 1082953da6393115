// A real identity provider on 127.0.0.1, with keys of its own that are new with every start.
// usage: node provider.mjs PORT
//
// PORT 0 takes any; prints "listening PORT" when it serves. Everybody may log in, with any password: who logs in as
// u-H32.101.ct01 has the claim employee_code H32.101.ct01. The resource https://api.example.vn/ALG gives access tokens
// that are JWTs signed by ALG for the audience https://api.example.vn; …/ALG/short ones that end after some seconds;
// https://other.example.vn/ALG those of another audience. Ends with its standard input.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
console.warn = () => {}; // of a provider that is for development: it says so at length
console.info = () => {};
const { Provider } = await import(require.resolve("oidc-provider"));

const jwk = (type, options, more) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", ...more });
const keys = [
  jwk("rsa", { modulusLength: 2048 }, { alg: "RS256" }),
  jwk("ec", { namedCurve: "P-256" }, { alg: "ES256" }),
  jwk("ed25519", {}, { alg: "EdDSA" }),
];

const settings = {
  jwks: { keys },
  cookies: { keys: [randomUUID()] },
  clients: [
    {
      client_id: "counter",
      token_endpoint_auth_method: "none",
      redirect_uris: ["https://counter.example.vn/back"],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
    { client_id: "machine", client_secret: "not-a-secret", grant_types: ["client_credentials"], redirect_uris: [], response_types: [] },
  ],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  extraTokenClaims: (_, token) => (token.accountId ? { employee_code: token.accountId.slice(2) } : undefined),
  pkce: { methods: ["S256"], required: () => true },
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
  ttl: { Session: 3600, Grant: 3600, Interaction: 600, IdToken: 600 },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => {
        const [, host, alg, short] = resource.match(/^https:\/\/([^/]+)\/([A-Za-z0-9]+)(\/short)?$/);
        return { scope: "dossiers", audience: `https://${host}`, accessTokenTTL: short ? 5 : 600, accessTokenFormat: "jwt", jwt: { sign: { alg } } };
      },
    },
  },
};

const server = createServer().listen(Number(process.argv[2]), "127.0.0.1", () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, settings);
  server.on("request", provider.callback());
  console.log(`listening ${port}`);
});
process.stdin.resume().on("end", () => process.exit(0));
