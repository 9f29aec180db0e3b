"""The people of a workspace, as it describes them."""

import json
from dataclasses import astuple
from datetime import UTC, datetime

from integrations.observation import Moment, Observations, PersonObserved, PersonRef
from integrations.payload import NAME_LIMIT, JsonObject, digest_of
from integrations.slack.message import person

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def people_in(user: JsonObject) -> Observations:
    """Somebody; nobody for a bot, for Slack itself, and for who has left."""
    found = person(user, "id")
    if found is None or user.flag("is_bot") or user.flag("deleted"):
        return ()
    profile = user.object("profile")
    known = PersonRef(
        "slack",
        found.external_id,
        handle=profile.prose("display_name", NAME_LIMIT) or user.prose("name", NAME_LIMIT) or None,
        name=profile.prose("real_name", NAME_LIMIT) or None,
        email=_address(user, profile),
    )
    digest = digest_of(json.dumps(astuple(known)).encode())
    moment = Moment(user.instant_or_none("updated") or _EARLIEST, 0, digest)
    return (PersonObserved(moment, known),)


def _address(user: JsonObject, profile: JsonObject) -> str | None:
    """The address that somebody signs in with. Slack says of it that it is not confirmed, and
    often nothing where it is."""
    unconfirmed = user.fields.get("is_email_confirmed") is False
    return None if unconfirmed else profile.identity_or_none("email")
