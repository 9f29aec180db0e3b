"""PagerDuty's services, teams and users, in the words of the catalog."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.contract import Malformed, Rejected
from integrations.observation import (
    Moment,
    Observation,
    PersonObserved,
    PersonRef,
    ServiceObserved,
    ServiceRef,
    TeamObserved,
    TeamRef,
    to_json,
)
from integrations.pagerduty.ask import Listed, PagerDutyApi
from integrations.pagerduty.cursor import Step, written
from integrations.pagerduty.incident import PROVIDER, digest_of_json
from integrations.pagerduty.records import PREFIX, Found
from integrations.payload import NAME_LIMIT, JsonObject, as_object

QUERIES: Mapping[Step, Mapping[str, str]] = {
    Step.SERVICES: {},
    Step.TEAMS: {},
    Step.USERS: {"include[]": "teams"},
}
"""The lists that make up the catalog."""

_TEAMS_LIMIT = 100


async def read_part(
    api: PagerDutyApi, step: Step, offset: int, now: datetime
) -> tuple[Listed, Found, str]:
    """A part of a list, what it says, and the digest of that."""
    try:
        page = await api.listed(f"/{step}", QUERIES[step], offset)
    except Rejected:
        if step is not Step.TEAMS:
            raise
        page = Listed((), more=False, total=0)  # 402: the account's plan has no teams
    found = Found()
    for record in page.records:
        try:
            found.observations.append(observed(step, as_object(record, step), now))
        except Malformed as error:
            found.put_by(f"{PREFIX}{step}", record, error, at=written(now))
    said = [_without_moment(each) for each in found.observations]
    return page, found, digest_of_json(said)


def observed(step: Step, record: JsonObject, at: datetime) -> Observation:
    """What a record of the catalog says; PagerDuty does not tell since when it is so.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    moment = Moment(at, 0, digest_of_json(record.fields))
    match step:
        case Step.SERVICES:
            service = ServiceRef(PROVIDER, record.identity("id"), _name(record))
            teams = record.objects("teams", limit=1)
            return ServiceObserved(moment, service, _team(teams[0]) if teams else None)
        case Step.TEAMS:
            return TeamObserved(moment, _team(record))
        case _:
            return PersonObserved(moment, _person(record), _teams(record))


def _person(user: JsonObject) -> PersonRef:
    """A user; the address is verified once the invitation that was sent to it is taken up."""
    invited = user.flag("invitation_sent")
    return PersonRef(
        PROVIDER,
        user.identity("id"),
        name=_name(user),
        email=None if invited else user.identity_or_none("email"),
    )


def _teams(user: JsonObject) -> tuple[TeamRef, ...]:
    return tuple(_team(each) for each in user.objects("teams", _TEAMS_LIMIT))


def _team(team: JsonObject) -> TeamRef:
    return TeamRef(PROVIDER, team.identity("id"), _name(team))


def _name(record: JsonObject) -> str:
    names = (record.prose(each, NAME_LIMIT) for each in ("name", "summary"))
    return next((each for each in names if each), record.identity("id"))


def _without_moment(seen: Observation) -> dict[str, Any]:
    return {name: value for name, value in to_json(seen).items() if name != "moment"}
