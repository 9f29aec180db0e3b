"""Who is looking: the rights that reach every read and every write."""

from dataclasses import dataclass
from uuid import UUID

from server.errors import Forbidden
from server.term import Term


class Scope(Term):
    """A right that a token carries."""

    INCIDENTS_READ = (
        "incidents:read",
        "Read incidents, timelines, hypotheses, whys, attribution and action items.",
    )
    INCIDENTS_WRITE = "incidents:write", "Declare and change incidents, hypotheses, whys, verdicts."
    TIMELINE_WRITE = "timeline:write", "Add, revise and retract timeline entries."
    ACTIONS_WRITE = "actions:write", "Create and change action items."
    DEPLOYMENTS_READ = "deployments:read", "Read services, deployments and pull requests."
    DEPLOYMENTS_WRITE = "deployments:write", "Record deployments."
    CATALOG_WRITE = "catalog:write", "Change services, teams and people."
    PEOPLE_READ = "people:read", "See people's names where others see their role."
    ADMIN = "admin", "Everything."


@dataclass(frozen=True, slots=True)
class Viewer:
    """A token's bearer. `subject` names the token in our own rows; `name` is for people."""

    subject: str
    name: str
    scopes: frozenset[Scope]
    person_id: UUID | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the token carries `scope`; `admin` carries all."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def require(self, scope: Scope) -> None:
        """Return if the token carries `scope`.

        Raises:
            Forbidden: it does not.
        """
        if not self.may(scope):
            raise Forbidden(f"This needs a token with the scope {scope}.")
