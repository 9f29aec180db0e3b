// Events pushed by GraphQL Yoga and graphql-ws. Prints the address it serves.
import { createServer } from "node:http";
import { GraphQLScalarType } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { createSchema, createYoga, Repeater } from "graphql-yoga";
import { WebSocketServer } from "ws";

const following = new Set();
let newest;

// What createPubSub does, and the newest event to begin with.
const follow = () => new Repeater(async (push, stop) => {
  if (newest) push(newest);
  following.add(push);
  await stop;
  following.delete(push);
});

const publish = (event) => {
  event.entry.occurredAt = new Date(event.entry.occurredAt);
  event.entry.recordedAt = new Date(event.entry.recordedAt);
  newest = event;
  for (const push of following) push(event);
};

const schema = createSchema({
  typeDefs: `
    scalar DateTime
    enum ChangeKind { ADDED REVISED RETRACTED }
    enum TimelineKind { NOTE }
    type TimelineEntry {
      id: ID!
      kind: TimelineKind!
      occurredAt: DateTime!
      recordedAt: DateTime!
      source: String!
      body: String!
    }
    type TimelineChange { sequence: Int! change: ChangeKind! entry: TimelineEntry! }
    type TimelineLagged { skipped: Int! resumeAfter: Int! }
    union TimelineMessage = TimelineChange | TimelineLagged
    type Query { version: String! }
    type Subscription { timeline(incident: ID!, after: Int): TimelineMessage! }
  `,
  resolvers: {
    DateTime: new GraphQLScalarType({ name: "DateTime", serialize: (value) => value.toISOString() }),
    TimelineMessage: {
      __resolveType: (value) => ("sequence" in value ? "TimelineChange" : "TimelineLagged"),
    },
    Subscription: { timeline: { subscribe: follow, resolve: (event) => event } },
  },
});
const yoga = createYoga({ schema, graphiql: false, logging: false });

const published = async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  JSON.parse(Buffer.concat(parts)).forEach(publish);
  response.writeHead(204).end();
};
const server = createServer((request, response) =>
  (request.url === "/publish" ? published : yoga)(request, response));

// As Yoga's documentation joins the two.
useServer({
  execute: (args) => args.rootValue.execute(args),
  subscribe: (args) => args.rootValue.subscribe(args),
  onSubscribe: async (context, _id, params) => {
    const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
      ...context, req: context.extra.request, socket: context.extra.socket, params,
    });
    const args = {
      schema,
      operationName: params.operationName,
      document: parse(params.query),
      variableValues: params.variables,
      contextValue: await contextFactory(),
      rootValue: { execute, subscribe },
    };
    const errors = validate(args.schema, args.document);
    return errors.length ? errors : args;
  },
}, new WebSocketServer({ server, path: yoga.graphqlEndpoint }));

server.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () => {
  console.log(`Yoga serves http://127.0.0.1:${server.address().port}${yoga.graphqlEndpoint}`);
});
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit());
