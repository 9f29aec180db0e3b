// Runs operations with the real graphql-sse client: node events.mjs URL TOKEN < operations.
// Reads a JSON list of {query, variables}; prints, for each, its results and how it ended.
import { text } from 'node:stream/consumers';
import { createClient } from 'graphql-sse';

const [url, token] = process.argv.slice(2);
const operations = JSON.parse(await text(process.stdin));

const client = createClient({
  url,
  headers: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
});

const run = (payload) =>
  new Promise((resolve) => {
    const results = [];
    client.subscribe(payload, {
      next: (result) => results.push(result),
      error: (error) => resolve({ results, error: error.message }),
      complete: () => resolve({ results, error: null }),
    });
  });

console.log(JSON.stringify(await Promise.all(operations.map(run))));
client.dispose();
