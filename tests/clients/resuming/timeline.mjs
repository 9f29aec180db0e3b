export const TIMELINE = `
  subscription Timeline($incident: ID!, $after: Int) {
    timeline(incident: $incident, after: $after) {
      ... on TimelineChange { sequence change entry { id kind occurredAt body } }
      ... on TimelineLagged { skipped resumeAfter }
    }
  }`;
