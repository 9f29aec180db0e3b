"""The seven moments: which entry tells each, and what is left to ask."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attribution import VerdictKind
from server.domain.incident import Signal, Times
from server.domain.moments import (
    TOLD_BY,
    Account,
    Contents,
    Moment,
    MomentKind,
    ToldEntry,
    moments,
)
from server.domain.timeline import TimelineKind

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
CAUSE = UUID(int=99)
SILENT = Account((), Times(NOON))


def told(number: int, kind: TimelineKind, deployment: UUID | None = None) -> ToldEntry:
    """An entry `number` minutes after noon."""
    return ToldEntry(UUID(int=number + 500), kind, NOON + timedelta(minutes=number), deployment)


def moment(account: Account, kind: MomentKind) -> Moment:
    return next(each for each in moments(account) if each.kind is kind)


def teller(account: Account, kind: MomentKind) -> int | None:
    """The number of the entry that tells a moment."""
    entry_id = moment(account, kind).entry_id
    return entry_id and entry_id.int - 500


def test_of_a_silent_incident_all_seven_are_missing_each_with_its_question() -> None:
    found = moments(SILENT)
    assert [each.kind for each in found] == list(MomentKind)
    assert all(each.missing and each.entry_id is None for each in found)
    assert len({each.questions for each in found}) == 7
    assert all(len(each.questions) == 1 and "?" in each.questions[0] for each in found)


def test_a_whole_account_leaves_nothing_to_ask() -> None:
    entries = [told(number, kind, CAUSE) for number, kind in enumerate(TOLD_BY)]
    account = Account(
        entries,
        Times(NOON),
        detected_by=Signal.ALERT,
        anybody_paged=True,
        hypotheses=2,
        cause=Contents(CAUSE, pull_requests=1, without_merger=0),
    )
    assert [each.entry_id for each in moments(account)] == [each.id for each in entries]
    assert not any(each.missing or each.questions for each in moments(account))


ANOMALY, MITIGATION, RECOVERY = (
    TimelineKind.ANOMALY,
    TimelineKind.MITIGATION,
    TimelineKind.RECOVERY,
)


@pytest.mark.parametrize(
    ("kind", "of_several", "times", "expected"),
    [
        (MomentKind.FIRST_ANOMALY, ANOMALY, Times(NOON), 1),
        (MomentKind.DECLARED, TimelineKind.DECLARED, Times(NOON), 1),
        (MomentKind.HYPOTHESES, TimelineKind.HYPOTHESIS, Times(NOON), 1),
        (MomentKind.ROOT_CAUSE, TimelineKind.ROOT_CAUSE, Times(NOON), 3),
        (MomentKind.RECOVERY, RECOVERY, Times(NOON), 3),
        (MomentKind.MITIGATION, MITIGATION, Times(NOON), 3),
        (
            MomentKind.MITIGATION,
            MITIGATION,
            Times(NOON, mitigated_at=NOON + timedelta(minutes=2)),
            2,
        ),
        (MomentKind.MITIGATION, MITIGATION, Times(NOON, mitigated_at=NOON), 1),
        (MomentKind.DEPLOYED, TimelineKind.DEPLOYMENT, Times(NOON + timedelta(minutes=2)), 2),
        (
            MomentKind.DEPLOYED,
            TimelineKind.DEPLOYMENT,
            Times(NOON + timedelta(minutes=3), started_at=NOON + timedelta(minutes=1)),
            1,
        ),
    ],
)
def test_of_several_entries_one_tells_it(
    kind: MomentKind, of_several: TimelineKind, times: Times, expected: int
) -> None:
    account = Account([told(number, of_several) for number in (1, 2, 3)], times)
    assert teller(account, kind) == expected


def test_the_deployment_is_the_one_that_is_held_to_be_the_cause() -> None:
    entries = [
        told(1, TimelineKind.DEPLOYMENT, CAUSE),
        told(2, TimelineKind.DEPLOYMENT, UUID(int=98)),
    ]
    account = Account(entries, Times(NOON + timedelta(minutes=5)))
    assert teller(account, MomentKind.DEPLOYED) == 2
    assert "verdict" in moment(account, MomentKind.DEPLOYED).questions[0]
    account = replace(account, cause=Contents(CAUSE, 0, 0))
    assert teller(account, MomentKind.DEPLOYED) == 1
    assert "pull requests" in moment(account, MomentKind.DEPLOYED).questions[0]
    account = replace(account, cause=Contents(CAUSE, 2, 1))
    assert "Who merged" in moment(account, MomentKind.DEPLOYED).questions[0]
    account = replace(account, cause=Contents(CAUSE, 2, 0))
    assert moment(account, MomentKind.DEPLOYED).questions == ()


def test_no_deployment_is_missing_where_none_is_the_cause() -> None:
    account = replace(SILENT, verdict=VerdictKind.NOT_A_DEPLOYMENT)
    assert moment(account, MomentKind.DEPLOYED) == Moment(MomentKind.DEPLOYED, None, False, ())


def test_open_hypotheses_are_asked_for() -> None:
    account = Account([told(1, TimelineKind.HYPOTHESIS)], Times(NOON), hypotheses=3)
    assert moment(account, MomentKind.HYPOTHESES).questions == ()
    account = replace(account, open_hypotheses=2)
    assert moment(account, MomentKind.HYPOTHESES).questions == (
        "Still open are 2 of 3 hypotheses: what rules each in or out?",
    )


ENTRIES = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from([*TOLD_BY]), st.sampled_from([None, CAUSE])),
    max_size=12,
    unique_by=lambda each: each[0],
).map(lambda found: [told(*each) for each in sorted(found, key=lambda each: each[0])])


@given(ENTRIES, st.integers(0, 60), st.booleans())
def test_a_moment_is_missing_just_where_no_entry_tells_it(
    entries: list[ToldEntry], mitigated: int, known: bool
) -> None:
    times = Times(NOON, mitigated_at=NOON + timedelta(minutes=mitigated))
    account = Account(entries, times, cause=Contents(CAUSE, 1, 0) if known else None)
    by_id = {each.id: TOLD_BY[each.kind] for each in entries}
    for each in moments(account):
        assert each.missing == (each.kind not in by_id.values())
        assert each.entry_id is None or by_id[each.entry_id] is each.kind
