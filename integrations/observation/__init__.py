"""The facts an integration reports, in the words of the post-mortem, not of the vendor.

An observation is immutable and says when its source says it happened. The host keeps every
observation and derives the state by folding them in the order of `Moment`, so deliveries that
arrive twice or shuffled end in the same state. `to_json` and `from_json` are the form in which
they are kept. Standard library only.
"""

from integrations.observation.catalog import PersonObserved, ServiceObserved, TeamObserved
from integrations.observation.changes import (
    DeploymentObserved,
    DeploymentState,
    FileSeen,
    PullRequestObserved,
    PushObserved,
    ReviewSeen,
    ReviewState,
)
from integrations.observation.codec import (
    Observation,
    Observations,
    UnreadableError,
    from_json,
    to_json,
)
from integrations.observation.messages import ChannelObserved, MessageEvent, MessageObserved
from integrations.observation.pages import PageEvent, PageObserved, PageState
from integrations.observation.refs import Moment, PersonRef, ServiceRef, TeamRef
from integrations.observation.tickets import TicketObserved, TicketState

__all__ = [
    "ChannelObserved",
    "DeploymentObserved",
    "DeploymentState",
    "FileSeen",
    "MessageEvent",
    "MessageObserved",
    "Moment",
    "Observation",
    "Observations",
    "PageEvent",
    "PageObserved",
    "PageState",
    "PersonObserved",
    "PersonRef",
    "PullRequestObserved",
    "PushObserved",
    "ReviewSeen",
    "ReviewState",
    "ServiceObserved",
    "ServiceRef",
    "TeamObserved",
    "TeamRef",
    "TicketObserved",
    "TicketState",
    "UnreadableError",
    "from_json",
    "to_json",
]
