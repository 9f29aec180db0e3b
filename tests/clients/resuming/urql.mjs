import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { connect } from './live.mjs';
import { TIMELINE } from './timeline.mjs';

export const open = (url, token) => {
  const live = connect(url.replace('http', 'ws'), token);
  return new Client({
    url,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    preferGetMethod: false,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (payload) => ({
          subscribe: (sink) => ({ unsubscribe: live.subscribe(payload, sink) }),
        }),
      }),
    ],
  });
};

export function follow({ url, token, incident, after, show, fail }) {
  return open(url, token)
    .subscription(TIMELINE, { incident, after })
    .subscribe(({ data, error }) => (error ? fail(error) : show(data.timeline)));
}
