"""How action items are read."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import UUID

from server.domain.action_item import ActionItemState
from server.store.tables import action_item, held_review, person, post, reminder, team, ticket
from server.store.views.sight import texts, told

title = told(action_item.c.title)
description = told(action_item.c.description)

_open = literal([state.value for state in ActionItemState if not state.closed], ARRAY(Text))
today = cast(func.timezone("UTC", func.now()), Date)

overdue = and_(action_item.c.state == any_(_open), action_item.c.due_on < today)
"""Whether it is still to be done although its day is over (UTC)."""

_owned_by_team = (
    select(person.c.id)
    .join(team, team.c.id == person.c.team_id)
    .where(team.c.slug == any_(texts("teams")))
)

REVIEWED_TEAM = (
    held_review.c.team_id
    == select(team.c.id).where(team.c.slug == bindparam("team", type_=Text)).scalar_subquery()
)
"""Whether a review was that of a team, by its slug."""

HAS_TICKET = ticket.c.external_id.is_not(None)
"""Whether the tracker has it: before, its row only says who asks for it, and in what trouble."""

ticket_trouble = (
    select(ticket.c.trouble)
    .where(ticket.c.action_item_id == action_item.c.id)
    .correlate(action_item)
    .scalar_subquery()
)

reminder_posted_at = (
    select(post.c.posted_at)
    .where(post.c.id == reminder.c.post_id)
    .correlate(reminder)
    .scalar_subquery()
)

ACTION_ITEMS = {
    "state": action_item.c.state == any_(texts("state")),
    "owner": action_item.c.owner_id == bindparam("owner", type_=UUID),
    "teams": action_item.c.owner_id.in_(_owned_by_team),
    "kind": action_item.c.kind == any_(texts("kind")),
    "overdue": overdue == bindparam("overdue", type_=Boolean),
    "due_before": action_item.c.due_on < bindparam("due_before", type_=Date),
}
"""The conditions of `ActionItemWhere`."""
