"""What the events of a page add up to, and what a person's word is worth against them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.observation import (
    Moment,
    PageEvent,
    PageObserved,
    PageState,
    PersonRef,
    ServiceRef,
)
from server.domain.incident import IncidentStatus, Severity
from server.domain.page import Word, fold, severity_of
from server.domain.page_entry import entries
from server.domain.timeline import TimelineKind

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
GRACE = PersonRef("pagerduty", "PGRACE", name="Grace Hopper")
ALAN = PersonRef("pagerduty", "PALAN", name="Alan Turing")


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def event(kind: PageEvent, minute: float, **others: object) -> PageObserved:
    values: dict[str, object] = {"external_id": "PINC", "event_id": f"{kind}@{minute}", **others}
    return PageObserved(moment=Moment(at(minute), 0, ""), event=kind, **values)  # type: ignore[arg-type]  # fields by name


TRIGGERED = event(PageEvent.TRIGGERED, 0, title="It fails", state=PageState.TRIGGERED)
ACKNOWLEDGED = event(PageEvent.ACKNOWLEDGED, 5)
RESOLVED = event(PageEvent.RESOLVED, 20)
REOPENED = event(PageEvent.REOPENED, 30)


def test_it_goes_from_declared_to_resolved() -> None:
    assert fold([TRIGGERED]).status is IncidentStatus.DECLARED
    assert fold([TRIGGERED, ACKNOWLEDGED]).status is IncidentStatus.INVESTIGATING
    page = fold([TRIGGERED, ACKNOWLEDGED, RESOLVED])
    assert page.status is IncidentStatus.RESOLVED
    assert page.moments == {"acknowledged_at": at(5), "resolved_at": at(20)}


def test_reopening_takes_the_end_back_and_keeps_the_first_answer() -> None:
    again = event(PageEvent.ACKNOWLEDGED, 35)
    page = fold([TRIGGERED, ACKNOWLEDGED, RESOLVED, REOPENED, again])
    assert page.status is IncidentStatus.INVESTIGATING
    assert page.moments == {"acknowledged_at": at(5), "resolved_at": None}
    assert page.reopened_at == at(30)
    assert fold([TRIGGERED, REOPENED]).status is IncidentStatus.DECLARED


def test_an_acknowledgement_that_timed_out_was_an_answer_all_the_same() -> None:
    page = fold([TRIGGERED, ACKNOWLEDGED, event(PageEvent.UNACKNOWLEDGED, 10)])
    assert page.moments["acknowledged_at"] == at(5)
    assert page.status is IncidentStatus.INVESTIGATING


def test_a_state_shows_what_an_event_that_was_lost_would_have_said() -> None:
    page = fold([TRIGGERED, event(PageEvent.PRIORITY_CHANGED, 7, state=PageState.ACKNOWLEDGED)])
    assert page.status is IncidentStatus.INVESTIGATING
    assert page.moments["acknowledged_at"] == at(7)


def test_a_persons_word_stands_against_what_was_said_before_it() -> None:
    word = Word(IncidentStatus.INVESTIGATING, at(25))
    page = fold([TRIGGERED, ACKNOWLEDGED, RESOLVED], word)
    assert page.status is IncidentStatus.INVESTIGATING
    assert "resolved_at" not in page.moments
    assert page.moments["acknowledged_at"] == at(5)


def test_after_a_persons_word_events_move_it_forward_only() -> None:
    word = Word(IncidentStatus.MITIGATED, at(3))
    assert fold([TRIGGERED, ACKNOWLEDGED], word).status is IncidentStatus.MITIGATED
    page = fold([TRIGGERED, ACKNOWLEDGED, RESOLVED], word)
    assert page.status is IncidentStatus.RESOLVED
    assert page.moments["resolved_at"] == at(20)


def test_reopening_after_a_persons_word_takes_their_ends_back() -> None:
    word = Word(IncidentStatus.RESOLVED, at(25))
    page = fold([TRIGGERED, REOPENED], word)
    assert page.status is IncidentStatus.INVESTIGATING
    assert page.moments == {"resolved_at": None, "identified_at": None, "mitigated_at": None}
    resolved = fold([TRIGGERED, REOPENED, event(PageEvent.RESOLVED, 50)], word)
    assert resolved.status is IncidentStatus.RESOLVED
    assert resolved.moments["resolved_at"] == at(50)


def test_an_event_at_the_moment_of_the_word_counts_for_nothing() -> None:
    word = Word(IncidentStatus.DECLARED, at(20))
    assert fold([TRIGGERED, RESOLVED], word).status is IncidentStatus.DECLARED


@given(
    kinds=st.lists(st.sampled_from(PageEvent), min_size=1, max_size=12),
    said=st.sampled_from(IncidentStatus),
    minute=st.integers(-1, 12),
)
def test_a_resolution_and_its_moment_always_agree(
    kinds: list[PageEvent], said: IncidentStatus, minute: int
) -> None:
    pages = [event(kind, minute) for minute, kind in enumerate(kinds)]
    alone = fold(pages)
    assert (alone.moments["resolved_at"] is not None) == (alone.status is IncidentStatus.RESOLVED)
    told = fold(pages, Word(said, at(minute)))
    if "resolved_at" in told.moments:
        resolved = told.status is IncidentStatus.RESOLVED
        assert (told.moments["resolved_at"] is not None) == resolved
    else:
        assert told.status is said or told.status.step > said.step


def test_the_title_is_the_pages_own_before_that_of_a_reference() -> None:
    reference = event(PageEvent.NOTE, 9, title="It f…")
    assert fold([TRIGGERED, reference]).title == "It fails"
    assert fold([reference]).title == "It f…"
    assert fold([event(PageEvent.NOTE, 9)]).title == "Page PINC"


def test_it_was_declared_when_the_paging_system_made_it() -> None:
    late = event(PageEvent.ACKNOWLEDGED, 5, created_at=at(-2))
    assert fold([late]).declared_at == at(-2)
    assert fold([event(PageEvent.NOTE, 9), RESOLVED]).declared_at == at(9)


def test_it_is_on_its_last_service_and_everybody_was_paged_once() -> None:
    shop, mail = (ServiceRef("pagerduty", each, each) for each in ("SHOP", "MAIL"))
    page = fold(
        [
            event(PageEvent.TRIGGERED, 0, service=shop, paged=(GRACE,)),
            event(PageEvent.SERVICE_CHANGED, 1, service=mail),
            event(PageEvent.ESCALATED, 2, paged=(ALAN, GRACE)),
        ]
    )
    assert page.service == mail
    assert page.paged == (GRACE, ALAN)


@pytest.mark.parametrize(
    ("priority", "severity"),
    [
        ("P1", Severity.SEV1),
        ("p0", Severity.SEV1),
        ("P2", Severity.SEV2),
        ("P3", Severity.SEV3),
        ("P4", Severity.SEV4),
        ("P5", Severity.SEV4),
        ("SEV1", Severity.SEV1),
        ("sev-2", Severity.SEV2),
        ("Severity 4", Severity.SEV4),
        ("P1 - Critical", Severity.SEV1),
        ("P10", Severity.SEV3),
        ("Critical", Severity.SEV3),
        ("", Severity.SEV3),
        (None, Severity.SEV3),
    ],
)
def test_a_priority_means_a_severity(priority: str | None, severity: Severity) -> None:
    assert severity_of(priority) is severity


def test_taking_a_priority_away_makes_it_sev3_and_silence_keeps_it() -> None:
    first = event(PageEvent.TRIGGERED, 0, priority="P1")
    assert fold([first, event(PageEvent.NOTE, 1)]).severity is Severity.SEV1
    assert (
        fold([first, event(PageEvent.PRIORITY_CHANGED, 1, priority="")]).severity is Severity.SEV3
    )


def test_each_event_is_one_entry_and_each_page_one_more() -> None:
    told = [
        event(PageEvent.TRIGGERED, 0, title="It fails", paged=(GRACE, ALAN)),
        event(PageEvent.NOTE, 1, text="Looking at it", actor=GRACE),
        event(PageEvent.RESOLVED, 2, actor=GRACE),
    ]
    found = {each.external_id: each for each in entries(told, "PagerDuty")}
    assert {name: (each.kind, each.body, each.actor) for name, each in found.items()} == {
        "TRIGGERED@0": (TimelineKind.DECLARED, "PagerDuty opened the incident: It fails", None),
        "TRIGGERED@0:PGRACE": (TimelineKind.PAGED, "Paged by PagerDuty", GRACE),
        "TRIGGERED@0:PALAN": (TimelineKind.PAGED, "Paged by PagerDuty", ALAN),
        "NOTE@1": (TimelineKind.NOTE, "Looking at it", GRACE),
        "RESOLVED@2": (TimelineKind.RECOVERY, "Resolved in PagerDuty", GRACE),
    }


@pytest.mark.parametrize("kind", [each for each in PageEvent if each is not PageEvent.SEEN])
def test_every_event_reads_like_something_without_any_name(kind: PageEvent) -> None:
    (entry,) = entries([event(kind, 0, actor=GRACE)], "PagerDuty")
    assert "PagerDuty" in entry.body
    assert "Grace" not in entry.body
    assert entry.actor == GRACE


def test_an_event_that_is_told_again_in_other_words_is_one_entry() -> None:
    first = event(PageEvent.NOTE, 1, text="Loking at it")
    again = event(PageEvent.NOTE, 1, text="Looking at it")
    (entry,) = entries([first, again], "PagerDuty")
    assert entry.body == "Looking at it"


def test_looking_at_a_page_is_no_event_of_it() -> None:
    seen = event(PageEvent.SEEN, 9, title="It fails no more", state=PageState.RESOLVED)
    assert not [*entries([seen], "PagerDuty")]
    page = fold([TRIGGERED, seen])
    assert (page.title, page.moments["resolved_at"]) == ("It fails no more", at(9))


def test_who_was_notified_stands_in_one_entry_with_how() -> None:
    (entry,) = entries([event(PageEvent.NOTIFIED, 0, paged=(GRACE,), text="by SMS")], "PagerDuty")
    assert (entry.kind, entry.body) == (TimelineKind.PAGED, "Notified by PagerDuty: by SMS")
    assert (entry.external_id, entry.actor) == ("NOTIFIED@0:PGRACE", GRACE)


def test_a_priority_that_was_translated_keeps_the_vendors_word() -> None:
    told = event(PageEvent.PRIORITY_CHANGED, 0, priority="SEV1", text="Business critical")
    (entry,) = entries([told], "PagerDuty")
    assert entry.body == "Priority changed in PagerDuty: Business critical"
    assert fold([told]).severity is Severity.SEV1


def test_a_page_that_became_part_of_another_is_over_where_it_stands_alone() -> None:
    merged = event(PageEvent.MERGED, 5, merged_into="PTARGET")
    assert fold([TRIGGERED, merged]).status is IncidentStatus.RESOLVED
    target = event(PageEvent.TRIGGERED, 1, external_id="PTARGET")
    assert fold([TRIGGERED, target, merged]).status is IncidentStatus.DECLARED
    ended = event(PageEvent.RESOLVED, 9, external_id="PTARGET")
    assert fold([TRIGGERED, target, merged, ended]).moments["resolved_at"] == at(9)


def test_what_a_vendor_calls_something_else_keeps_its_word() -> None:
    told = event(PageEvent.OTHER, 0, detail="Task created", text="Call the bank")
    (entry,) = entries([told], "PagerDuty")
    assert (entry.kind, entry.body) == (TimelineKind.NOTE, "Task created: Call the bank")
