// Follows a stream of events with the client that browsers and Node programs use.
// usage: node follow.mjs URL TOKEN COUNT
//
// Prints "open" for each connection, and the CloudEvents id of each event, a line each; ends after COUNT events, or
// with status 1 after a minute.
import { EventSource } from "eventsource";

const [url, token, count] = process.argv.slice(2);
const types = ["submitted", "accepted", "refused"].map((word) => `vn.motcua.dossier.${word}.v1`);
let left = Number(count);

const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});
const end = (status) => {
  source.close();
  process.exit(status);
};
setTimeout(() => end(1), 60_000);
source.onopen = () => console.log("open");
source.onerror = (error) => {
  if (source.readyState === EventSource.CLOSED) {
    console.log(`closed ${error.code} ${error.message}`);
    end(1);
  }
};
for (const type of types) {
  source.addEventListener(type, (event) => {
    const told = JSON.parse(event.data);
    if (told.type !== type || !event.lastEventId) console.log(`odd ${type}`);
    console.log(told.id);
    if (--left === 0) end(0);
  });
}
