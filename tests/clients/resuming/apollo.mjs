import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { connect } from './live.mjs';
import { TIMELINE } from './timeline.mjs';

export const open = (url, token) =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      new GraphQLWsLink(connect(url.replace('http', 'ws'), token)),
      new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }),
    ),
  });

export function follow({ url, token, incident, after, show, fail }) {
  const timeline = { query: gql(TIMELINE), variables: { incident, after } };
  return open(url, token)
    .subscribe(timeline)
    .subscribe(({ data, error }) => (error ? fail(error) : show(data.timeline)));
}
