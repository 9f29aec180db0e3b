import { connect } from './live.mjs';
import { TIMELINE } from './timeline.mjs';

export function follow({ url, token, incident, after, show, fail }) {
  const payload = { query: TIMELINE, variables: { incident, after } };
  return connect(url.replace('http', 'ws'), token).subscribe(payload, {
    next: ({ data }) => show(data.timeline),
    error: fail,
    complete() {},
  });
}
