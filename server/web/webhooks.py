"""The door for vendors' webhooks: verify over the raw bytes, keep, answer 202, process later."""

from collections.abc import Mapping
from typing import Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from integrations.contract import (
    AnswersChallenges,
    BadSignature,
    Headers,
    Malformed,
    ReceivesWebhooks,
    Secret,
    WebhookPolicy,
)
from server.errors import CodedError, ErrorCode
from server.web.bodies import Bodies
from server.web.ports import AcceptDelivery
from server.web.refusals import Rejected, bad_request, errors_json, json_response, mask

UNCONFIGURED_RETRY_SECONDS: Final = 60
"""How soon a vendor may try again where an operator has yet to set the secret."""


class WebhookDoor:
    """Takes webhooks of every integration that has the power."""

    def __init__(
        self,
        *,
        accept_delivery: AcceptDelivery,
        integrations: Mapping[str, ReceivesWebhooks],
        secrets: Mapping[str, tuple[Secret, ...]],
        bodies: Bodies,
    ) -> None:
        self._accept = accept_delivery
        self._integrations = integrations
        self._secrets = secrets
        self._bodies = bodies

    async def handle(self, request: Request) -> Response:
        """Answer a POST.

        Raises:
            CodedError: the delivery is refused; nothing is kept.
        """
        try:
            return await self._receive(request)
        except (CodedError, ClientDisconnect):
            raise
        except Exception as fault:
            # The words of a plugin's or a driver's exception may repeat the body: not in our log.
            raise mask(fault, "webhook", quote=False) from fault

    async def _receive(self, request: Request) -> Response:
        name = request.path_params["integration"]
        receiver = self._integrations.get(name)
        policy = receiver.manifest.webhook if receiver else None
        if receiver is None or policy is None:
            raise CodedError("No integration of this name takes webhooks.", ErrorCode.NOT_FOUND)
        secrets = self._secrets_of(name, policy)
        body = await self._bodies.read(request.scope, request.receive, policy.max_body_bytes)
        headers = _headers(request)
        _verify(receiver, headers, body, secrets)
        try:
            answer = _challenged(receiver, headers, body)
            if answer is not None:
                return PlainTextResponse(answer)
            envelope = receiver.open(headers, body)
        except Malformed as refusal:
            return _malformed(refusal, policy)
        key, event = envelope.key, envelope.event
        new = await self._accept(source=name, key=key, event=event, body=body)
        return json_response(orjson.dumps({"accepted": True, "duplicate": not new}), 202)

    def _secrets_of(self, name: str, policy: WebhookPolicy) -> tuple[Secret, ...]:
        # An empty secret would verify whatever anyone signs with an empty key.
        secrets = tuple(secret for secret in self._secrets.get(name, ()) if secret.value)
        if not secrets:
            message = (
                f"Webhooks of {name} wait for their signing secret: set {policy.secret_setting}."
            )
            headers = {"Retry-After": str(UNCONFIGURED_RETRY_SECONDS)}
            raise Rejected(503, ErrorCode.UNAVAILABLE, message, headers)
        return secrets


def _verify(
    receiver: ReceivesWebhooks, headers: Headers, body: bytes, secrets: tuple[Secret, ...]
) -> None:
    try:
        receiver.verify(headers, body, secrets)
    except BadSignature as refusal:
        raise Rejected(401, ErrorCode.UNAUTHENTICATED, str(refusal)) from None


def _challenged(receiver: ReceivesWebhooks, headers: Headers, body: bytes) -> str | None:
    if isinstance(receiver, AnswersChallenges):
        return receiver.challenge(headers, body)
    return None


def _malformed(refusal: Malformed, policy: WebhookPolicy) -> Response:
    errors = orjson.Fragment(errors_json(bad_request(str(refusal))))
    body = orjson.dumps({"accepted": False, "errors": errors})
    return json_response(body, policy.malformed_status)


def _headers(request: Request) -> Headers:
    values: dict[bytes, tuple[bytes, ...]] = {}
    for name, value in request.scope["headers"]:
        values[name] = (*values.get(name, ()), value)
    return values
