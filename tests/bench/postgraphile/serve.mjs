// PostGraphile 5 over a database: serve.mjs <its address>. Prints the address it serves.
import { createServer } from "node:http";
import { grafserv } from "grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [connectionString] = process.argv.slice(2);
const preset = {
  extends: [PostGraphileAmberPreset],
  disablePlugins: ["MutationPlugin", "PgIndexBehaviorsPlugin"],
  grafserv: { graphiql: false, websockets: false },
  grafast: { explain: false },
  pgServices: [makePgService({ connectionString, schemas: ["public"], poolConfig: { max: 10 } })],
};
const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => {
  console.log(`PostGraphile serves http://127.0.0.1:${server.address().port}/graphql`);
});
