"""Answers that were given once, given again: so that one fake answers hundreds of trials."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.contract import Denied, Http, Missing, Rejected, Reply, Unwell

_REFUSALS = (Denied, Missing, Rejected, Unwell)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An `Http` that asks for each thing once."""

    inner: Http
    answers: dict[str, list[Reply] | Exception] = field(default_factory=dict)

    async def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        async def ask() -> list[Reply]:
            return [await self.inner.get(path, query=query, headers=headers)]

        return (await self._answers(["GET", path, dict(query or {})], ask))[0]

    async def send(
        self, method: str, path: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        async def ask() -> list[Reply]:
            return [await self.inner.send(method, path, body, headers=headers)]

        return (await self._answers([method, path, body], ask))[0]

    async def pages(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Reply]:
        async def ask() -> list[Reply]:
            pages = self.inner.pages(path, query=query, headers=headers)
            return [each async for each in pages]

        for reply in await self._answers(["pages", path, dict(query or {})], ask):
            yield reply

    async def _answers(
        self, call: list[Any], ask: Callable[[], Awaitable[list[Reply]]]
    ) -> list[Reply]:
        key = json.dumps(call, sort_keys=True, default=str)
        if key not in self.answers:
            try:
                self.answers[key] = await ask()
            except _REFUSALS as refusal:
                self.answers[key] = refusal
        found = self.answers[key]
        if isinstance(found, Exception):
            raise found
        return found
