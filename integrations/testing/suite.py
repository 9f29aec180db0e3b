"""All checks that a plugin must stand: those of its manifest, and of each power it has."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from integrations.contract import (
    Backfills,
    Checks,
    Integration,
    KeepsTickets,
    Polls,
    PostsMessages,
    ReceivesWebhooks,
    ResolvesPages,
    TellsDeployments,
)
from integrations.testing import acting, checked, manifest, reading, webhooks

Part: TypeAlias = (
    webhooks.Vendor
    | reading.Polled
    | reading.Backfilled
    | checked.Checked
    | acting.Tickets
    | acting.Messages
    | acting.Pages
    | acting.News
)
"""What one power is tried with."""

_CHECKS_OF: Mapping[type, Sequence[Callable[[Any], Any]]] = {
    webhooks.Vendor: webhooks.CHECKS,
    reading.Polled: reading.POLLING_CHECKS,
    reading.Backfilled: reading.BACKFILL_CHECKS,
    checked.Checked: checked.CHECKED_CHECKS,
    acting.Tickets: acting.TICKET_CHECKS,
    acting.Messages: acting.ACTING_CHECKS,
    acting.Pages: acting.ACTING_CHECKS,
    acting.News: acting.ACTING_CHECKS,
}
_PART_OF: Mapping[Any, type] = {
    ReceivesWebhooks: webhooks.Vendor,
    Polls: reading.Polled,
    Backfills: reading.Backfilled,
    Checks: checked.Checked,
    KeepsTickets: acting.Tickets,
    PostsMessages: acting.Messages,
    ResolvesPages: acting.Pages,
    TellsDeployments: acting.News,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one thing, to be awaited: `await check()` raises AssertionError."""

    name: str
    ask: Callable[[Any], Any]
    subject: Any

    def __str__(self) -> str:
        return self.name

    async def __call__(self) -> None:
        found = self.ask(self.subject)
        if inspect.isawaitable(found):
            await found


def checks_of(plugin: Integration, *parts: Part) -> Sequence[Check]:
    """Every check that a plugin must stand. A power that no part tries fails one of them."""
    subjects: list[tuple[str, Any, Sequence[Callable[[Any], Any]]]] = [
        ("Manifest", plugin, manifest.MANIFEST_CHECKS),
        *((type(part).__name__, part, _CHECKS_OF[type(part)]) for part in parts),
    ]
    return [
        Check(f"{name}-{each.__name__}", each, subject)
        for name, subject, checks in subjects
        for each in checks
    ] + [Check(f"{name}-untried", _fail, name) for name in _untried(plugin, parts)]


async def stand(plugin: Integration, *parts: Part) -> None:
    """Ask every check, for who does without pytest: `asyncio.run(stand(plugin, Polled(…)))`.

    Raises:
        AssertionError: all that is wrong, by the name of its check.
    """
    faults = []
    for check in checks_of(plugin, *parts):
        try:
            await check()
        except AssertionError as fault:
            faults.append(f"{check}: {fault}")
    if faults:
        raise AssertionError("\n".join(faults))


def _untried(plugin: Integration, parts: Sequence[Part]) -> Iterator[str]:
    tried = {type(part) for part in parts}
    for power, part in _PART_OF.items():
        if isinstance(plugin, power) and part not in tried:
            yield part.__name__


def _fail(part: str) -> None:
    raise AssertionError(f"the plugin has a power that nothing tries: give checks_of a {part}")
