"""CDEvents' service events, as CloudEvents carry them.

https://cdevents.dev; versions 0.1 to 0.5 agree in what is read here.
"""

import base64

from integrations.contract import Malformed
from integrations.intake import names
from integrations.intake.artifact import origin_of
from integrations.intake.said import Said
from integrations.intake.webhook import MAX_BODY_BYTES
from integrations.observation import DeploymentState
from integrations.payload import URL_LIMIT, JsonObject, as_object, read_object

_SERVICE = ["dev", "cdevents", "service"]
_DEPLOYS = {"deployed", "upgraded", "rolledback"}
"""Each says that an artifact runs now; that it ran before, and so was rolled back to, follows from
the history. "removed" and "published" change no artifact, and say nothing here."""


def said(type_: str, body: JsonObject) -> Said | None:
    """What an event tells; None where its type is of another thing.

    Raises:
        Malformed: a member is missing or wrong; the message names it.
    """
    *subject, predicate = (type_.split(".") + [""] * 4)[:4]
    if subject != _SERVICE or predicate not in _DEPLOYS:
        return None
    event = _cdevent(body)
    context, content = event.object("context"), event.object("subject").object("content")
    environment = content.object("environment")
    repository, sha = _what(event, content)
    return Said(
        known_as=names.digest("cdevents", context.identity("source"), context.identity("id")),
        repository=repository,
        sha=sha,
        environment=environment.identity_or_none("name") or environment.identity("id"),
        state=DeploymentState.SUCCESS,
        finished_at=context.instant("timestamp"),
    )


def _cdevent(body: JsonObject) -> JsonObject:
    """The CDEvent: all of the body in binary mode, and a part of it in structured mode."""
    if not body.has("specversion"):
        return body
    encoded = body.identity_or_none("data_base64", MAX_BODY_BYTES)
    if encoded is None:
        return body.object("data")
    try:
        return read_object(base64.b64decode(encoded, validate=True))
    except ValueError:
        raise Malformed("data_base64 is not Base64") from None


def _what(event: JsonObject, content: JsonObject) -> tuple[str, str]:
    """The repository and the commit: as `customData` says them, else as the artifact does."""
    custom = event.fields.get("customData")
    told = as_object(custom if type(custom) is dict else {}, "customData")
    repository, sha = told.identity_or_none("repository", URL_LIMIT), told.identity_or_none("sha")
    if repository and sha:
        member = "customData.repository"
        return names.repository(repository, member), names.commit(sha, "customData.sha")
    return origin_of(content.identity("artifactId", URL_LIMIT), "artifactId")
