"""How attribution is read."""

from server.store.tables import attribution

verdict_key = attribution.c.incident_id
VERDICT_GIVEN = attribution.c.verdict_kind.is_not(None)
