"""The two reads that are measured: a whole board, and one deployment."""

from tests.bench.history import SUSPECT, repository_of, sha_of

BOARD = """
query Board($first: Int!) {
  incidents(first: $first) {
    nodes {
      id number title severity status declaredAt resolvedAt timeToResolve
      services { slug name }
      timeline(first: 50) {
        nodes { id kind occurredAt body source actor { name } }
        pageInfo { hasNextPage endCursor }
      }
      attribution {
        notADeployment
        candidates(first: 3) {
          rank probability
          evidence { kind detail contribution }
          deployment { repository sha environment status finishedAt }
        }
      }
      whyChain { complete nodes { depth question answer systemic } }
      actionItems(first: 10) { nodes { title state priority dueOn owner { name } } }
    }
  }
}
"""

SMALL = """
query Small($repository: String!, $sha: String!) {
  deployment(repository: $repository, sha: $sha) {
    id environment status finishedAt
    service { slug name }
    incidents(minProbability: 0) {
      probability verdict
      incident { id number title severity status declaredAt }
    }
  }
}
"""

BOARD_VARIABLES = {"first": 20}
SMALL_VARIABLES = {"repository": repository_of(SUSPECT), "sha": sha_of(SUSPECT)}
