"""What reminders say: short, and without names, for a chat is read by everybody."""

from collections.abc import Iterator, Sequence
from datetime import date

from server.domain.link import Links
from server.domain.reminder import Item, Review

MOST_LISTED = 20
"""How many items one list names; of the others it tells the number."""


def reminder_text(items: Sequence[Item], today: date, links: Links) -> str:
    """What the owner of items that are due is told."""
    ordered = sorted(items, key=lambda item: (item.due_on, item.id))
    count = "1 action item of yours is" if len(items) == 1 else _some(items, "of yours are")
    return "\n".join([f"{count} due:", *_list(ordered, today, links)])


def escalation_text(items: Sequence[Item], today: date, links: Links) -> str:
    """What the lead of a team is told whose items are overdue for long."""
    count = "1 action item of your team is" if len(items) == 1 else _some(items, "of your team are")
    return "\n".join([f"{count} overdue:", *_list(items, today, links)])


def _some(items: Sequence[Item], rest: str) -> str:
    return f"{len(items)} action items {rest}"


def review_text(team: str, review: Review, today: date, links: Links) -> str:
    """What a team is told each week."""
    parts = (
        ("Overdue", review.overdue),
        ("Blocked", review.blocked),
        ("Due soon", review.due_soon),
        ("On track", review.on_track),
        ("Done since the last review", review.done),
    )
    lines = [f"Action items of team {_line(team)} this week"]
    for title, items in parts:
        if items:
            lines += [f"{title}: {len(items)}", *_list(items, today, links)]
    return "\n".join(lines)


def _list(items: Sequence[Item], today: date, links: Links) -> Iterator[str]:
    for item in items[:MOST_LISTED]:
        where = links.incident(item.incident)
        incident = f"incident #{item.number}" + (f" {where}" if where else "")
        yield f"- {_line(item.title)}: {_when(item, today)}, {incident}"
    if len(items) > MOST_LISTED:
        yield f"- and {len(items) - MOST_LISTED} more"


def _when(item: Item, today: date) -> str:
    days = (today - item.due_on).days
    if item.completed_at:
        return f"done on {item.completed_at.date().isoformat()}"
    if days <= 0:
        return "due today" if days == 0 else f"due on {item.due_on.isoformat()}"
    return f"{days} day{'s' if days > 1 else ''} overdue"


def _line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
