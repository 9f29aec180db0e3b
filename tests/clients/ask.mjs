// Writes and reads over HTTP: node ask.mjs LIBRARY URL TOKEN INCIDENT, with one of ./resuming.
// Prints what a mutation and then a query answered, as JSON.
import { gql } from '@apollo/client';
import WebSocket from 'ws';

globalThis.WebSocket ??= WebSocket; // Node has one of its own from 22 on.
const [library, url, token, incident] = process.argv.slice(2);
const { open } = await import(`./resuming/${library}.mjs`);
const client = open(url, token);

const ADD = `
  mutation ($incident: ID!, $body: String!) {
    addTimelineEntries(input: {incident: $incident, entries: [
      {kind: NOTE, occurredAt: "2026-01-01T00:00:00Z", body: $body}]}) {
      entries { id body } userErrors { code } } }`;
const READ = `
  query ($incident: ID!) {
    incident(id: $incident) { id title timeline(first: 10) { nodes { id body } } } }`;

const ways = {
  apollo: [
    (query, variables) => client.mutate({ mutation: gql(query), variables }),
    (query, variables) => client.query({ query: gql(query), variables }),
  ],
  urql: [
    (query, variables) => client.mutation(query, variables).toPromise(),
    (query, variables) => client.query(query, variables).toPromise(),
  ],
};
const [mutate, read] = ways[library];
const wrote = await mutate(ADD, { incident, body: library });
const found = await read(READ, { incident });
for (const { error } of [wrote, found]) if (error) throw error;
console.log(JSON.stringify({ wrote: wrote.data, found: found.data }));
