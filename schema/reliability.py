"""How reliable services are, as the API shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry

from schema.engine.declare import resolved
from schema.engine.scalars import Duration
from schema.engine.words import words
from schema.fields import given
from server.commands import reliability as commands
from server.domain import reliability as domain
from server.domain.reliability import Bucket
from server.store.reliability import Asked

words()(Bucket)


@strawberry.type(description="What is known of several lengths of time, to the second.")
class Statistic:
    n: int = strawberry.field(description="How many are known.")
    mean: Duration | None = strawberry.field(description="Their mean; null where n is 0.")
    median: Duration | None = strawberry.field(description="Half took no longer; null as `mean`.")
    p90: Duration | None = strawberry.field(description="90 % took no longer; null as `mean`.")


@strawberry.type(description="The share of deployments that led to a failure in production.")
class Rate:
    numerator: float = strawberry.field(
        description="How many caused an incident, as far as can be told: the sum, over the "
        "deployments, of the probability that it did."
    )
    denominator: int = strawberry.field(description="How many deployments there were.")
    value: float | None = strawberry.field(
        description="Their quotient; null where there were no deployments."
    )
    confirmed_only: float | None = strawberry.field(
        description="The share of which a person said so: see `recordVerdict`."
    )


@strawberry.type(description="What reliability is measured by.")
class _Measured:
    since: datetime = strawberry.field(description="When the time that is measured begins.")
    until: datetime = strawberry.field(description="When it ends; this moment is not in it.")
    incidents: int = strawberry.field(
        description="The incidents that began in that time; records of one count once."
    )
    mttr: Statistic = strawberry.field(description="From the first impact known to resolution.")
    mttd: Statistic = strawberry.field(description="From the first impact to its detection.")
    mtta: Statistic = strawberry.field(description="From detection to a responder's answer.")
    mttm: Statistic = strawberry.field(description="From the first impact known to mitigation.")
    deployments: int = strawberry.field(
        description="The deployments that came up in production in that time, rolled back ones "
        "included."
    )
    deployment_frequency: float | None = strawberry.field(
        description="Deployments a day; null where there were none."
    )
    change_failure_rate: Rate = strawberry.field(
        description="The share of them that led to an incident, at any time after."
    )
    lead_time: Statistic = strawberry.field(
        description="From the merge of each pull request that these deployments were the first to "
        "bring to a service's users, until they finished."
    )


@strawberry.type(description="How reliable services were in a part of the time.")
class ReliabilityPoint(_Measured):
    pass


@strawberry.type(description="How reliable services were in a time: DORA's measures, and more.")
class Reliability(_Measured):
    asked: strawberry.Private[Asked]

    @resolved("The same by week or month, in UTC, from the earliest; empty ones too.")
    async def trend(
        self,
        info: strawberry.Info,
        bucket: Annotated[Bucket, strawberry.argument(description="How long each is.")] = (
            Bucket.WEEK
        ),
    ) -> list[ReliabilityPoint]:
        whole = domain.Period(self.since, self.until)
        parts = await commands.trend(info.context.office, self.asked, whole, bucket)
        return [ReliabilityPoint(**_shown(each)) for each in parts]


@strawberry.type
class ReliabilityQueries:
    @resolved("How reliable all services were in a time, or one service, or those of a team.")
    async def reliability(
        self,
        info: strawberry.Info,
        service: Annotated[
            str | None, strawberry.argument(description="Only this service, by slug.")
        ] = strawberry.UNSET,
        team: Annotated[
            str | None, strawberry.argument(description="Only this team's services, by slug.")
        ] = strawberry.UNSET,
        since: Annotated[
            datetime | None,
            strawberry.argument(description="From when on; 90 days before the end by default."),
        ] = strawberry.UNSET,
        until: Annotated[
            datetime | None, strawberry.argument(description="Until before when; now by default.")
        ] = strawberry.UNSET,
    ) -> Reliability | None:
        context = info.context
        asked = commands.ask(context.viewer, given(service), given(team))
        found = await commands.measure(context.office, asked, given(since), given(until))
        return Reliability(asked=asked, **_shown(found))


def _shown(found: domain.Reliability) -> dict[str, Any]:
    incidents, rate = found.incidents, found.deployments.failure_rate
    return {
        "since": found.period.since,
        "until": found.period.until,
        "incidents": incidents.n,
        "mttr": _statistic(incidents.to_resolve),
        "mttd": _statistic(incidents.to_detect),
        "mtta": _statistic(incidents.to_acknowledge),
        "mttm": _statistic(incidents.to_mitigate),
        "deployments": found.deployments.n,
        "deployment_frequency": found.deployment_frequency,
        "change_failure_rate": Rate(
            numerator=rate.numerator,
            denominator=rate.denominator,
            value=rate.value,
            confirmed_only=rate.confirmed_only,
        ),
        "lead_time": _statistic(found.lead_time),
    }


def _statistic(of: domain.Statistic) -> Statistic:
    return Statistic(
        n=of.n, mean=_duration(of.mean), median=_duration(of.median), p90=_duration(of.p90)
    )


def _duration(length: timedelta | None) -> Duration | None:
    return None if length is None else Duration(length)
