// Runs operations with the real graphql-ws client: node socket.mjs URL TOKEN < operations.
// Reads a JSON list of {query, variables}; runs all at once on one socket; prints, for each, its
// results and how it ended, and the close event of the socket if the server closed it.
import { text } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const operations = JSON.parse(await text(process.stdin));

let closed = null;
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
  lazyCloseTimeout: 100,
  on: { closed: ({ code, reason }) => { closed = { code, reason }; } },
});

const run = (payload) =>
  new Promise((resolve) => {
    const results = [];
    client.subscribe(payload, {
      next: (result) => results.push(result),
      error: (error) =>
        resolve({ results, error: Array.isArray(error) ? error : { code: error.code } }),
      complete: () => resolve({ results, error: null }),
    });
  });

const outcomes = await Promise.all(operations.map(run));
await client.dispose();
console.log(JSON.stringify({ outcomes, closed }));
