"""Integrations and their connections, as the API shows them to operators."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.engine.declare import resolved
from schema.engine.scalars import Duration
from schema.engine.words import words
from server.commands.integration import LastFailure, Watched, watch
from server.domain.integration import Budget, FailureCode, Health

for _words in (FailureCode, Health):
    words()(_words)


@strawberry.type(description="Why a vendor was last asked in vain.")
class IntegrationFailure:
    at: datetime = strawberry.field(description="When it was.")
    code: FailureCode = strawberry.field(description="What kind of trouble it is, for programs.")
    message: str = strawberry.field(description="What went wrong, for people.")


@strawberry.type(description="How many more requests a vendor takes.")
class RateBudget:
    remaining: int = strawberry.field(description="Requests that are left.")
    limit: int | None = strawberry.field(description="Requests there are in all.")
    resets_at: datetime | None = strawberry.field(description="When all of them are there again.")


@strawberry.type(description="An account at a vendor, and how looking for its news goes.")
class Integration:
    name: str = strawberry.field(description="The integration's name: github, pagerduty.")
    title: str = strawberry.field(description="Its name for people.")
    connection: str | None = strawberry.field(
        description="The connection's name in `whychain.toml`; null where only webhooks come."
    )
    health: Health = strawberry.field(description="How it is doing.")
    last_success_at: datetime | None = strawberry.field(
        description="When it was last asked with success, or its last webhook was processed."
    )
    last_failure: IntegrationFailure | None = strawberry.field(
        description="The last failure, also where it is over."
    )
    lag: Duration | None = strawberry.field(
        description="How old the news may be that nobody has looked for yet."
    )
    parked_deliveries: int = strawberry.field(
        description="Webhooks and records of all connections of this integration that could not "
        "be read."
    )
    rate_budget: RateBudget | None = strawberry.field(
        description="What the vendor last said is left of its limit."
    )


@strawberry.type
class IntegrationQueries:
    @resolved("Every connection, and every integration that only receives webhooks; for `admin`.")
    async def integrations(self, info: strawberry.Info) -> list[Integration]:
        context = info.context
        return [
            _shown(each) for each in await watch(context.office, context.viewer, context.accounts)
        ]


def _shown(watched: Watched) -> Integration:
    return Integration(
        name=watched.account.integration,
        title=watched.account.title,
        connection=watched.account.connection,
        health=watched.health,
        last_success_at=watched.last_success_at,
        last_failure=_failure(watched.last_failure),
        lag=None if watched.lag is None else Duration(watched.lag),
        parked_deliveries=watched.parked,
        rate_budget=_budget(watched.budget),
    )


def _failure(failure: LastFailure | None) -> IntegrationFailure | None:
    if failure is None:
        return None
    return IntegrationFailure(at=failure.at, code=failure.code, message=failure.message)


def _budget(budget: Budget | None) -> RateBudget | None:
    if budget is None:
        return None
    return RateBudget(remaining=budget.remaining, limit=budget.limit, resets_at=budget.resets_at)
