"""The three dialects in the words of the post-mortem. Pure: JSON in, observations out."""

from datetime import datetime

from integrations.intake import argocd, cdevents, ours
from integrations.intake.said import Said
from integrations.intake.webhook import ARGOCD, CLOUDEVENT, DEPLOYMENT
from integrations.observation import Observations
from integrations.payload import JsonObject


def observations(
    event: str, body: JsonObject, digest: str, received_at: datetime | None
) -> Observations:
    """What one delivery says; nothing where it is of no deployment.

    Raises:
        Malformed: a field that is needed is missing or of another type.
    """
    said = _said(event, body, digest)
    return said.observations(digest, received_at) if said else ()


def _said(event: str, body: JsonObject, digest: str) -> Said | None:
    match event:
        case _ if event == DEPLOYMENT:
            return ours.said(body, digest)
        case _ if event == ARGOCD:
            return argocd.said(body.object("argocd"))
        case _ if event.startswith(CLOUDEVENT):
            return cdevents.said(event.removeprefix(CLOUDEVENT), body)
        case _:
            return None
