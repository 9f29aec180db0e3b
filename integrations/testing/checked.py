"""Saying what is wrong with a connection: each right is looked at, and advice is at hand."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from integrations.contract import Checks, Connection, Denied, Finding, Integration
from integrations.testing.demands import hiding, require
from integrations.testing.road import Visit, visiting
from integrations.testing.site import World

_OF_EVERY_CONNECTION = {"base_url"}


class Checking(Checks, Integration, Protocol):
    """An integration with the power to say what is wrong."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An integration that says what is wrong, and a world in which nothing is.

    The connection has every setting by which one more right is needed.
    """

    plugin: Checking
    connection: Connection
    world: World

    def opened(self) -> AbstractAsyncContextManager[Visit]:
        return visiting(self.plugin, self.connection, self.world)


async def check_good(checked: Checked) -> None:
    """Where all is well, there is one good finding for each right, and nothing was changed."""
    async with checked.opened() as visit:
        before = list(visit.site.held())
        findings = await checked.plugin.check(visit.connection, visit.road)
        require(list(visit.site.held()) == before, "check changed something at the vendor")
    subjects = _require_fit(checked, findings)
    for each in findings:
        require(each.good, f"all is well, but {each.subject} is found bad: {each.advice}")
    for need in checked.plugin.manifest.needs:
        require(need.scope in subjects, f"no finding says whether there is {need.scope}")


async def check_refused(checked: Checked) -> None:
    """Where the vendor denies everything, findings say so, with what to click."""
    async with checked.opened() as visit:
        visit.road.always = Denied("The suite's vendor denies it.")
        with hiding(visit.connection.secrets.values()) as shown:
            try:
                findings = await checked.plugin.check(visit.connection, visit.road)
            except Denied as raised:
                raise AssertionError("Denied came out of check: make a finding of it") from raised
            shown.write(repr(findings))
    _require_fit(checked, findings)
    require(any(not each.good for each in findings), "all was denied, but nothing is found bad")


CHECKED_CHECKS = (check_good, check_refused)


def _require_fit(checked: Checked, findings: Sequence[Finding]) -> set[str]:
    manifest = checked.plugin.manifest
    known = {need.scope for need in manifest.needs} | {each.name for each in manifest.settings}
    subjects = [each.subject for each in findings]
    for each in findings:
        named = each.subject in known | _OF_EVERY_CONNECTION
        require(named, f"{each.subject} is neither a need nor a setting of the manifest")
        require(subjects.count(each.subject) == 1, f"{each.subject} is found several times")
        require(each.good or each.advice, f"{each.subject} is bad: say what to click")
    return set(subjects)
