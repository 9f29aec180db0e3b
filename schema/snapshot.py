"""Writes the schema's snapshot, `schema/schema.graphql`: `python -m schema.snapshot`."""

from pathlib import Path

from schema.build import build

SNAPSHOT = Path(__file__).with_name("schema.graphql")


def sdl() -> str:
    """The schema in GraphQL's schema definition language."""
    return build().as_str().rstrip() + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(sdl(), encoding="utf-8")
