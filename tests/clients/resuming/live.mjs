import { createClient } from 'graphql-ws';

export function connect(url, token) {
  const client = createClient({
    url,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Infinity,
    // By default it gives up where nothing listens, as while a server starts again,
    shouldRetry: () => true,
    // and its pauses double without end.
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 1000 + 4000 * Math.random())),
  });
  return { subscribe: (payload, sink) => subscribe(client, payload, sink) };
}

function subscribe(client, { variables, ...operation }, sink) {
  // The client sends this very object again when it has reconnected.
  const payload = { ...operation, variables: { ...variables } };
  let lagged, stop;
  const follow = () => {
    lagged = false;
    stop = client.subscribe(payload, {
      next(result) {
        const message = result.data?.timeline;
        if (message) payload.variables.after = message.sequence ?? message.resumeAfter;
        lagged = message?.skipped > 0;
        if (lagged) stop();
        else sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => (lagged ? follow() : sink.complete()),
    });
  };
  follow();
  return () => {
    lagged = false;
    stop();
  };
}
