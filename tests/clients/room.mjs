// Sits in a war room: node room.mjs LIBRARY URL TOKEN INCIDENT, with one of ./resuming.
// Prints each change as a line of JSON. Reads one number, and ends when that sequence was seen.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

globalThis.WebSocket ??= WebSocket; // Node has one of its own from 22 on.
// The pauses between two tries to connect pass ten times as fast.
const { setTimeout } = globalThis;
globalThis.setTimeout = (run, pause, ...rest) => setTimeout(run, pause / 10, ...rest);

const [library, url, token, incident] = process.argv.slice(2);
const { follow } = await import(`./resuming/${library}.mjs`);

let seen = 0;
let last = Infinity;
const end = () => { if (seen >= last) process.exit(0); };
createInterface({ input: process.stdin }).once('line', (line) => { last = Number(line); end(); });

const show = (change) => {
  console.log(JSON.stringify(change));
  seen = change.sequence;
  end();
};
const fail = (error) => { console.error(error); process.exit(1); };
follow({ url, token, incident, after: 0, show, fail });
