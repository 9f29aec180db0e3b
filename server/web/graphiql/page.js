// The page's own script: the token, the two transports of the API, and the tabs GraphiQL opens with.
"use strict";

const TOKEN = "whychain:token";
const EVENTS_SHOWN = 50;

// Everything lives with this browser tab: on a shared machine nothing of an incident stays behind.
const storage = window.sessionStorage;
const { tabs, examples } = JSON.parse(document.getElementById("documents").textContent);
const token = takeToken();

const socket = graphqlWs.createClient({
  url: location.origin.replace(/^http/, "ws") + location.pathname,
  connectionParams: { authorization: `Bearer ${token}` },
  // A retry would run the subscription from its first `after` again and show every event twice.
  retryAttempts: 0,
});

/** The token of this browser tab; one in the address moves into storage, and out of history. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    // Another token may mean another database: the old tabs' ids would lead nowhere.
    if (given !== storage.getItem(TOKEN)) storage.clear();
    storage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return storage.getItem(TOKEN);
}

/** Asks for a token in one line above the editor. */
function askForToken(prompt) {
  const form = document.getElementById("token");
  form.querySelector("label").textContent = prompt;
  form.hidden = false;
  form.onsubmit = (event) => {
    event.preventDefault();
    storage.setItem(TOKEN, form.querySelector("input").value.trim());
    location.reload();
  };
}

const refused = () => askForToken("The server refused this token. Paste another:");

/** One operation over HTTP: the response's JSON. */
async function post(operation, headers) {
  const response = await fetch(location.pathname, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  if (response.status === 401) refused();
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `${response.status} ${response.statusText}: ${text}` }] };
  }
}

/** One subscription over the WebSocket: an observable of all its events so far, latest first.
 *  GraphiQL shows only the last value it was given; a replay of many events would pass unread. */
function watch(operation) {
  const subscribe = (observer) => {
    let feed = { received: 0, latestFirst: [] };
    let frame = 0;
    let stopped = false;
    const paint = () => {
      frame = 0;
      observer.next(feed);
    };
    const end = (outcome) => {
      cancelAnimationFrame(frame);
      if (stopped) return;
      observer.next({ ...outcome, ...feed });
      observer.complete();
    };
    const stop = socket.subscribe(operation, {
      next(event) {
        const latestFirst = [event, ...feed.latestFirst].slice(0, EVENTS_SHOWN);
        feed = { received: feed.received + 1, latestFirst };
        frame ||= requestAnimationFrame(paint);
      },
      error: (reason) => end({ errors: explain(reason) }),
      complete: () => end({ completed: true }),
    });
    const unsubscribe = () => {
      if (frame) paint();
      stopped = true;
      stop();
    };
    return { unsubscribe };
  };
  return { subscribe };
}

/** Why a subscription ended, as GraphQL errors. */
function explain(reason) {
  if (Array.isArray(reason)) return reason;
  if (!(reason instanceof CloseEvent)) return [{ message: "The WebSocket could not be opened." }];
  if (reason.code === 4401 || reason.code === 4403) refused();
  return [{ message: `The WebSocket was closed: ${reason.code} ${reason.reason}`.trim() }];
}

/** The operation to run, read from its text: just after a tab is opened, GraphiQL still gives
 *  the name, and the syntax tree, of the tab before. */
function chosen({ query, operationName }) {
  const found = [...query.matchAll(/^\s*(query|mutation|subscription)\b\s*(\w+)?/gm)];
  const operations = found.map(([, kind, name]) => ({ kind, name }));
  const wanted = operations.find(({ name }) => name === operationName);
  return wanted ?? (operations.length === 1 ? operations[0] : { name: operationName });
}

function fetcher(operation, { headers } = {}) {
  const { kind, name } = chosen(operation);
  const named = { ...operation, operationName: name };
  return kind === "subscription" ? watch(named) : post(named, headers);
}

/** Values for the tabs' variables, from what the server holds; null where it holds nothing. */
async function exampleValues() {
  const { data } = await post({ query: examples });
  const incidents = data?.incidents?.nodes ?? [];
  const linked = incidents.map(({ attribution }) => attribution?.linked).find(Boolean);
  const deployment = linked ?? data?.deployments?.nodes[0];
  return {
    incident: incidents[0]?.id,
    number: incidents[0]?.number,
    repository: deployment?.repository,
    sha: deployment?.sha,
    after: 0,
  };
}

function withVariables(query, values) {
  const names = [...query.matchAll(/\$(\w+):/g)].map(([, name]) => name);
  const variables = Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
  return { query, variables: names.length ? JSON.stringify(variables, null, 2) : null };
}

async function start() {
  if (!token) return askForToken("Paste an API token:");
  // A server that cannot answer yet leaves the variables empty; the editor will say what is wrong.
  const values = await exampleValues().catch(() => ({}));
  if (!document.getElementById("token").hidden) return;
  const editor = React.createElement(
    GraphiQL,
    {
      fetcher,
      storage,
      defaultTabs: tabs.map((query) => withVariables(query, values)),
      defaultEditorToolsVisibility: "variables",
    },
    React.createElement(GraphiQL.Logo, null, "Whychain"),
  );
  ReactDOM.createRoot(document.getElementById("graphiql")).render(editor);
}

window.addEventListener("hashchange", () => location.reload());
start();
