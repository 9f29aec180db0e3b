// Follows a timeline with the real graphql-ws client: node follow.mjs URL TOKEN INCIDENT AFTER.
// Prints each event as a line of JSON. Reads one number, and ends when that sequence was seen.
import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token, incident, after] = process.argv.slice(2);
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
});

let seen = 0;
let last = Infinity;
const end = () => { if (seen >= last) { void client.dispose(); process.exit(0); } };
createInterface({ input: process.stdin }).once('line', (line) => { last = Number(line); end(); });

const query = `subscription ($incident: ID!, $after: Int) {
  timeline(incident: $incident, after: $after) {
    ... on TimelineChange { sequence change entry { id kind body sequence } }
    ... on TimelineLagged { skipped resumeAfter } } }`;
client.subscribe({ query, variables: { incident, after: Number(after) } }, {
  next: ({ data, errors }) => {
    console.log(JSON.stringify(errors ?? data.timeline));
    if (data) { seen = data.timeline.sequence; end(); }
  },
  error: (error) => { console.error(error); process.exit(1); },
  complete: () => process.exit(2),
});
