"""The powers to do something at a vendor: keep tickets, post messages, resolve pages, tell of
deployments.

What the host passes on is meant for everybody at the vendor: names that not everybody may read
are roles in it already.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from integrations.contract.asking import Http
from integrations.contract.manifest import Connection
from integrations.observation import DeploymentState, TicketObserved, TicketState


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who a ticket is given to: by the tracker's id of them, else by a verified address."""

    external_id: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket to be created. `marker` is a word of at most 60 letters, digits, "-" and "_" that no
    other ticket has: it is stored with the ticket, and looked for before creating one.

    `team` is the slug of the owner's team; `url` leads back to what the ticket is about, where
    there is such an address. `priority` is P0 to P3.
    """

    marker: str
    title: str
    description: str | None
    due_on: date
    priority: str
    labels: tuple[str, ...] = ()
    assignee: Assignee = Assignee()
    team: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TicketChange:
    """What to change of a ticket; None leaves as it is. `note` tells people there why."""

    title: str | None = None
    description: str | None = None
    state: TicketState | None = None
    assignee: Assignee | None = None
    due_on: date | None = None
    priority: str | None = None
    note: str | None = None


@runtime_checkable
class KeepsTickets(Protocol):
    """The power to keep a ticket for each action item."""

    def keeps(self, connection: Connection, team: str | None) -> bool:
        """Whether tickets of that team (its slug) are kept at this connection."""
        ...

    async def create_ticket(
        self, connection: Connection, http: Http, draft: TicketDraft
    ) -> TicketObserved:
        """The ticket with the draft's marker: the one that is there, else a new one.

        Raises:
            Rejected: the tracker does not take it, say for a project that is not there.
        """
        ...

    async def update_ticket(
        self, connection: Connection, http: Http, external_id: str, change: TicketChange
    ) -> TicketObserved:
        """The ticket after the change. Doing it twice changes nothing more.

        Raises:
            Missing: it was deleted.
        """
        ...

    async def read_ticket(
        self, connection: Connection, http: Http, external_id: str
    ) -> TicketObserved:
        """The ticket as it is now.

        Raises:
            Missing: it was deleted.
        """
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """A message to a team's channel or to a person: one of `team` (slug) and `person` (the
    provider's id of them) is given.

    `marker` is a word that no other message has; by it one that may have been posted is found.
    Lines of `text` are paragraphs; a line that begins with "- " is an item of a list.
    """

    marker: str
    text: str
    team: str | None = None
    person: str | None = None


@runtime_checkable
class PostsMessages(Protocol):
    """The power to post messages."""

    def reaches(self, connection: Connection, post: Post) -> bool:
        """Whether this connection knows where to put it."""
        ...

    async def post_message(
        self, connection: Connection, http: Http, post: Post, *, again: bool
    ) -> None:
        """Post it. `again`: it may have been posted already, and is then not posted twice."""
        ...


@runtime_checkable
class ResolvesPages(Protocol):
    """The power to resolve an incident in a paging system."""

    async def resolve_page(self, connection: Connection, http: Http, external_id: str) -> None:
        """Resolve it; one that is resolved stays so.

        Raises:
            Missing: there is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class DeploymentNews:
    """A deployment that ended, as others are told of it. `key` is the same each time."""

    key: str
    repository: str
    sha: str
    environment: str
    state: DeploymentState
    finished_at: datetime
    service: str | None = None
    url: str | None = None


@runtime_checkable
class TellsDeployments(Protocol):
    """The power to tell a vendor of deployments, so that it can show them beside its pages."""

    async def tell_deployment(
        self, connection: Connection, http: Http, news: DeploymentNews
    ) -> None:
        """Tell it. Telling twice changes nothing more."""
        ...
