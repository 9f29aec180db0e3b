// Runs a query through the real gateway, over this server and a subgraph of somebody else's:
// node supergraph.mjs URL TOKEN. Reads {query, deployments, incidents}: what the other subgraph
// knows of, by the keys of ours. Prints the errors of composition, or the answer and what was
// sent to this server for it.
import { text } from 'node:stream/consumers';
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

const [url, token] = process.argv.slice(2);
const { query, deployments, incidents } = JSON.parse(await text(process.stdin));
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

const others = parse(`
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
  type Deployment @key(fields: "repository sha environment") {
    repository: String! sha: String! environment: String! approval: String!
  }
  type Incident @key(fields: "id") { id: ID! lostOrders: Int! }
  type PageInfo @shareable {
    hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
  }
  type Query { approved: [Deployment]! expensive: [Incident!]! page: PageInfo }
`);
const resolvers = {
  Query: { approved: () => deployments, expensive: () => incidents },
  Deployment: { __resolveReference: (key) => key, approval: ({ sha }) => `approved ${sha}` },
  Incident: { __resolveReference: (key) => key, lostOrders: ({ id }) => id.length },
};

const body = JSON.stringify({ query: '{ _service { sdl } }' });
const answer = await (await fetch(url, { method: 'POST', headers, body })).json();
const { supergraphSdl, errors, hints } = composeServices([
  { name: 'whychain', url, typeDefs: parse(answer.data._service.sdl) },
  { name: 'others', typeDefs: others },
]);
if (errors) {
  console.log(JSON.stringify({ composition: errors.map(({ message }) => message) }));
  process.exit(0);
}

const sent = [];
class Ours extends RemoteGraphQLDataSource {
  willSendRequest({ request }) {
    request.http.headers.set('authorization', headers.authorization);
    sent.push(request.variables?.representations?.length ?? 0);
  }
}
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const gateway = new ApolloGateway({
  supergraphSdl,
  logger: silent,
  buildService: ({ name }) =>
    name === 'whychain'
      ? new Ours({ url })
      : new LocalGraphQLDataSource(buildSubgraphSchema({ typeDefs: others, resolvers })),
});
const { schema, executor } = await gateway.load();
const request = { query, variables: {} };
const context = {
  schema, request, document: parse(query), queryHash: '', context: {}, logger: silent, metrics: {},
};
const { data, errors: faults } = await executor(context);
const told = hints.map(({ message }) => message);
console.log(JSON.stringify({ data, errors: faults, sent, hints: told }));
await gateway.stop();
