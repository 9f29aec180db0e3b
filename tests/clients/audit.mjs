// Runs the server audits of graphql-http: node audit.mjs URL TOKEN; prints one JSON list.
import { serverAudits } from 'graphql-http';

const [url, token] = process.argv.slice(2);

const audits = serverAudits({
  url,
  // What every client of this server sends; the audits know nothing of tokens or of preflights.
  fetchFn: (target, init = {}) =>
    fetch(target, {
      ...init,
      headers: {
        ...init.headers,
        authorization: `Bearer ${token}`,
        'graphql-require-preflight': '1',
      },
    }),
});

const results = [];
for (const { id, name, fn } of audits) {
  const { status, reason } = await fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
