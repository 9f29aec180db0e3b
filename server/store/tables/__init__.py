"""The map of the data: every table, its keys, and the indexes that hot reads stand on.

Conventions: ids are UUIDv7 made in Python; text that is sorted or compared is `COLLATE "C"`;
enums are text with a check, whose labels are the API's; times are `timestamptz`. A text that
people or sources wrote has a neighbour `…_redacted`: its rendering for viewers who may not see
names, null where the two are the same. A column that only derives from others says so.
"""

from server.store.tables.attribution import (
    attribution,
    attribution_candidate,
    suspect,
)
from server.store.tables.changes import (
    deployment,
    deployment_commit,
    deployment_pull_request,
    deployment_recorded,
    deployment_redirect,
    deployment_source,
    deployment_told,
    pull_request,
    pull_request_dependency,
    pull_request_file,
    push,
    review,
)
from server.store.tables.chat import (
    channel_mention,
    channel_word,
    incident_channel,
    message,
    message_mention,
    post,
)
from server.store.tables.columns import C_TEXT, metadata
from server.store.tables.follow_up import check_in, held_review, recurrence, reminder
from server.store.tables.incidents import (
    feed,
    hypothesis,
    hypothesis_evidence,
    incident,
    incident_service,
    likely_same,
    moment,
    page_merge,
    page_resolved,
    responder,
    similar,
    timeline_entry,
    timeline_revision,
)
from server.store.tables.learning import (
    action_item,
    why,
    why_evidence,
    why_open,
)
from server.store.tables.library import library_entry
from server.store.tables.machinery import (
    api_token,
    connection_state,
    delivery,
    idempotency,
    observation,
)
from server.store.tables.people import (
    address,
    identity,
    other_name,
    people_version,
    person,
    service,
    service_dependency,
    service_source,
    team,
    team_source,
)
from server.store.tables.postmortem import facilitator_asked, postmortem
from server.store.tables.tickets import action_item_change, ticket

__all__ = [
    "C_TEXT",
    "action_item",
    "action_item_change",
    "address",
    "api_token",
    "attribution",
    "attribution_candidate",
    "channel_mention",
    "channel_word",
    "check_in",
    "connection_state",
    "delivery",
    "deployment",
    "deployment_commit",
    "deployment_pull_request",
    "deployment_recorded",
    "deployment_redirect",
    "deployment_source",
    "deployment_told",
    "facilitator_asked",
    "feed",
    "held_review",
    "hypothesis",
    "hypothesis_evidence",
    "idempotency",
    "identity",
    "incident",
    "incident_channel",
    "incident_service",
    "library_entry",
    "likely_same",
    "message",
    "message_mention",
    "metadata",
    "moment",
    "observation",
    "other_name",
    "page_merge",
    "page_resolved",
    "people_version",
    "person",
    "post",
    "postmortem",
    "pull_request",
    "pull_request_dependency",
    "pull_request_file",
    "push",
    "recurrence",
    "reminder",
    "responder",
    "review",
    "service",
    "service_dependency",
    "service_source",
    "similar",
    "suspect",
    "team",
    "team_source",
    "ticket",
    "timeline_entry",
    "timeline_revision",
    "why",
    "why_evidence",
    "why_open",
]
