"""What is posted to a chat by itself, and how far it has come."""

from datetime import date
from uuid import UUID

from server.term import Term


class PostKind(Term):
    """What a post is about; of each kind somebody gets one a day."""

    OVERDUE = "OVERDUE", "To the owner of action items: which of them are due."
    ESCALATION = "ESCALATION", "To the lead of a team: which action items are overdue for long."
    WEEKLY_REVIEW = "WEEKLY_REVIEW", "To a team: how its action items stand."

    @property
    def for_team(self) -> bool:
        """Whether it goes to a team's channel, and not to a person."""
        return self is PostKind.WEEKLY_REVIEW


class PostState(Term):
    """How far a post has come."""

    WAITING = "WAITING", "It is to be posted."
    POSTED = "POSTED", "The chat has it."
    FAILED = "FAILED", "The chat does not take it."


def marker_of(kind: PostKind, subject: UUID, day: date) -> str:
    """The word that tells a post from every other one: at most 60 letters, digits and hyphens."""
    return f"{kind.lower().replace('_', '-')}-{subject.hex}-{day.isoformat()}"
