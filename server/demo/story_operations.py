"""The GraphQL operations of the story: what any client of the API would send."""

UPSERT_TEAM = """
mutation ($input: UpsertTeamInput!) {
  upsertTeam(input: $input) { team { id } userErrors { message field } }
}
"""

UPSERT_SERVICE = """
mutation ($input: UpsertServiceInput!) {
  upsertService(input: $input) { service { id } userErrors { message field } }
}
"""

UPSERT_PERSON = """
mutation ($input: UpsertPersonInput!) {
  upsertPerson(input: $input) { person { id } userErrors { message field } }
}
"""

UPDATE_INCIDENT = """
mutation ($input: UpdateIncidentInput!) {
  updateIncident(input: $input) { incident { status } userErrors { message field } }
}
"""

ADD_ENTRIES = """
mutation ($input: AddTimelineEntriesInput!) {
  addTimelineEntries(input: $input) { entries { id } userErrors { message field } }
}
"""

RAISE_HYPOTHESIS = """
mutation ($input: RaiseHypothesisInput!) {
  raiseHypothesis(input: $input) { hypothesis { id } userErrors { message field } }
}
"""

SETTLE_HYPOTHESIS = """
mutation ($input: SettleHypothesisInput!) {
  settleHypothesis(input: $input) { hypothesis { state } userErrors { message field } }
}
"""

ANSWER_WHY = """
mutation ($input: AnswerWhyInput!) {
  answerWhy(input: $input) { why { id } userErrors { message field } }
}
"""

CREATE_ACTION_ITEM = """
mutation ($input: CreateActionItemInput!) {
  createActionItem(input: $input) {
    actionItem { dueOn priority state }
    userErrors { message field }
  }
}
"""

NEWEST_DEPLOYMENT = """
query ($repository: String!) {
  deployments(first: 1, where: { repositories: [$repository], environments: ["production"] }) {
    nodes { id sha status finishedAt }
  }
}
"""

PULL_REQUEST = """
query ($repository: String!, $number: Int!) {
  pullRequest(repository: $repository, number: $number) { id }
}
"""

INCIDENTS = """
query ($services: [String!]!) {
  incidents(first: 10, where: { services: $services }) { nodes { id number url } }
}
"""

INCIDENT = """
query ($id: ID!) {
  incident(id: $id) { acknowledgedAt resolvedAt }
}
"""

ATTRIBUTION = """
query ($id: ID!) {
  incident(id: $id) {
    attribution {
      notADeployment
      linked { sha }
      candidates(first: 3) {
        rank
        probability
        deployment { sha pullRequests { number title } }
        evidence { kind detail contribution }
      }
    }
  }
}
"""
