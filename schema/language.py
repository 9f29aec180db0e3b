"""The language of post-mortems, as the API judges it."""

from __future__ import annotations

import strawberry


@strawberry.type(
    description="Words that explain by a person what the system made possible, and what to ask "
    "instead."
)
class LanguageFinding:
    field: str = strawberry.field(description="The field that holds the text.")
    rule: str = strawberry.field(
        description="HUMAN_ERROR, BLAME, COUNTERFACTUAL, CHARACTER, HINDSIGHT, or a team's own."
    )
    start: int = strawberry.field(
        description="Where it begins in the text as you read it, in characters (code points)."
    )
    end: int = strawberry.field(description="Where it ends: the first character after it.")
    text: str = strawberry.field(description="What stands there.")
    advice: str = strawberry.field(description="The question that leads to the system.")
