"""The server as the world meets it: signed webhooks and GraphQL over HTTP, and nothing else."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import orjson

_TIMEOUT = aiohttp.ClientTimeout(total=30)


class DoorError(Exception):
    """The server answered otherwise than it has to. The message says how."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and what opens its doors."""

    base_url: str
    token: str
    github_secret: str
    pagerduty_secret: str


class Door:
    """A client of a running server, without any other way in."""

    def __init__(self, address: Address, session: aiohttp.ClientSession) -> None:
        self._address = address
        self._session = session

    @classmethod
    @asynccontextmanager
    async def open(cls, address: Address) -> AsyncIterator["Door"]:
        """Connect to a server."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            yield cls(address, session)

    async def github(self, event: str, body: Mapping[str, Any]) -> None:
        """Deliver a webhook as GitHub does.

        Raises:
            DoorError: it was not accepted.
        """
        raw = orjson.dumps(body)
        headers = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid4()),
            "X-Hub-Signature-256": f"sha256={_digest(self._address.github_secret, raw)}",
        }
        await self._deliver("github", raw, headers)

    async def pagerduty(self, body: Mapping[str, Any]) -> None:
        """Deliver a webhook as PagerDuty does; errors as `github`."""
        raw = orjson.dumps(body)
        headers = {
            "X-Webhook-Id": str(uuid4()),
            "X-PagerDuty-Signature": f"v1={_digest(self._address.pagerduty_secret, raw)}",
        }
        await self._deliver("pagerduty", raw, headers)

    async def graphql(self, document: str, /, **variables: Any) -> Mapping[str, Any]:
        """Run an operation; its data.

        Raises:
            DoorError: there are errors.
        """
        async with self._session.post(
            f"{self._address.base_url}/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self._address.token}"},
        ) as answer:
            result = await answer.json(content_type=None)
        if result.get("errors"):
            raise DoorError("; ".join(error["message"] for error in result["errors"]))
        data: Mapping[str, Any] = result["data"]
        return data

    async def mutate(self, document: str, /, **fields: Any) -> Mapping[str, Any]:
        """Run a mutation of one field that takes one `$input`; its payload.

        Raises:
            DoorError: there are errors, be it of the operation or of the input.
        """
        given = {name: value for name, value in fields.items() if value is not None}
        (payload,) = (await self.graphql(document, input=given)).values()
        if payload["userErrors"]:
            raise DoorError("; ".join(error["message"] for error in payload["userErrors"]))
        found: Mapping[str, Any] = payload
        return found

    async def _deliver(self, source: str, raw: bytes, headers: Mapping[str, str]) -> None:
        async with self._session.post(
            f"{self._address.base_url}/webhooks/{source}",
            data=raw,
            headers={**headers, "Content-Type": "application/json"},
        ) as answer:
            if answer.status != 202:
                raise DoorError(f"{source}'s webhook was answered {answer.status}, not 202")


def _digest(secret: str, raw: bytes) -> str:
    return hmac.digest(secret.encode(), raw, hashlib.sha256).hex()
