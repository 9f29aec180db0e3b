"""The language of post-mortems, as the API judges it."""

from __future__ import annotations

import strawberry

from schema.fields import (
    UserError,
    keys_of,
    mutation,
    needed,
    optional,
    user_errors,
)
from server.commands import language


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


@strawberry.input(description="A text to judge.")
class CheckLanguageInput:
    text: str = needed("The text.")
    people: list[strawberry.ID] | None = optional(
        "People whose names, and parts of them, are names here even where they are words too. "
        "Needs a token that sees people."
    )


@strawberry.type(description="What was found.")
class CheckLanguagePayload:
    findings: list[LanguageFinding] | None = strawberry.field(
        default=None, description="What is not blameless, from the beginning of the text."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class LanguageMutations:
    @mutation("Judge the language of a text, and keep nothing.")
    async def check_language(
        self,
        info: strawberry.Info,
        input: CheckLanguageInput,  # noqa: A002  # GraphQL's name
    ) -> CheckLanguagePayload | None:
        people = keys_of("Person", input.people, "people")
        context = info.context
        command = language.CheckLanguage(input.text, people)
        found = await language.check(context.office, context.viewer, command)
        return CheckLanguagePayload(
            findings=[
                LanguageFinding(
                    field="text",
                    rule=each.rule,
                    start=each.start,
                    end=each.end,
                    text=each.text,
                    advice=each.advice,
                )
                for each in found
            ]
        )
