"""What each integration is tried with, power by power: a line for each.

A part is a function of pytest's request, so that it can take the bodies that are fixtures.
"""

from collections.abc import Callable, Mapping, Sequence

import pytest

from integrations.testing import Part
from tests.integrations import (
    parts_github,
    parts_intake,
    parts_jira,
    parts_pagerduty,
    parts_slack,
)

MakePart = Callable[[pytest.FixtureRequest], Part]

PARTS: Mapping[str, Sequence[MakePart]] = {
    "github": parts_github.PARTS,
    "intake": parts_intake.PARTS,
    "jira": parts_jira.PARTS,
    "pagerduty": parts_pagerduty.PARTS,
    "pagerduty-changes": parts_pagerduty.CHANGES_PARTS,
    "slack": parts_slack.PARTS,
}
