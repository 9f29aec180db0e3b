"""What is found in the language of texts that people write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"

_TEXTS = {
    "action_item": ("title", "description"),
    "hypothesis": ("statement", "reason"),
    "incident": ("title", "summary"),
    "timeline_entry": ("body",),
    "why": ("question", "answer"),
}


def upgrade() -> None:
    for table, texts in _TEXTS.items():
        for text in texts:
            op.add_column(table, sa.Column(f"{text}_findings", JSONB()))
            op.add_column(table, sa.Column(f"{text}_findings_redacted", JSONB()))
