"""How the inbox is read."""

from sqlalchemy import ColumnElement, Text, bindparam, literal_column

from server.domain.delivery import DeliveryState
from server.store.tables import delivery
from server.store.views.sight import moment


def stands(state: DeliveryState) -> ColumnElement[bool]:
    """Whether a delivery is in that state.

    The word stands in the text: so a plan knows how rare it is, and which index is made of it.
    """
    return delivery.c.state == literal_column(f"'{state.value}'")


DELIVERIES = {
    "state": delivery.c.state == bindparam("state", type_=Text),
    "source": delivery.c.source == bindparam("source", type_=Text),
    "event": delivery.c.event == bindparam("event", type_=Text),
    "received_after": delivery.c.received_at > moment("received_after"),
    "received_before": delivery.c.received_at < moment("received_before"),
}
"""The conditions of `DeliveryWhere`. One state, not several: an index gives its page in order."""
