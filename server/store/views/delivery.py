"""How the inbox is read."""

from sqlalchemy import Text, bindparam

from server.store.tables import delivery
from server.store.views.sight import moment

DELIVERIES = {
    "state": delivery.c.state == bindparam("state", type_=Text),
    "source": delivery.c.source == bindparam("source", type_=Text),
    "event": delivery.c.event == bindparam("event", type_=Text),
    "received_after": delivery.c.received_at > moment("received_after"),
    "received_before": delivery.c.received_at < moment("received_before"),
}
"""The conditions of `DeliveryWhere`. One state, not several: an index gives its page in order."""
