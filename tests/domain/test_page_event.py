"""Which of the things that were sent and read are one event."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from integrations.observation import Moment, PageEvent, PageObserved, PersonRef
from server.domain.page_entry import entries
from server.domain.page_event import AT_ONCE, events_of, told_once

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
GRACE = PersonRef("pagerduty", "PGRACE", name="Grace Hopper")
ALAN = PersonRef("pagerduty", "PALAN", name="Alan Turing")


def said(kind: PageEvent, second: float, name: str, **others: object) -> PageObserved:
    values: dict[str, object] = {"external_id": "PINC", "event_id": name, **others}
    moment = Moment(NOON + timedelta(seconds=second), 0, name)
    return PageObserved(moment, event=kind, **values)  # type: ignore[arg-type]  # fields by name


def ids(*pages: PageObserved) -> list[tuple[str, ...]]:
    return [each.ids for each in events_of(pages)]


SENT = said(PageEvent.NOTE, 10.4, "sent", actor=GRACE, text="It was the dep…", title="It fails")
READ = said(PageEvent.NOTE, 10, "read", actor=GRACE, text="It was the deployment", listed=True)


def test_what_was_sent_and_read_is_one_event_in_the_best_words_of_both() -> None:
    (happened,) = events_of([READ, SENT])
    assert happened.ids == ("sent", "read")
    assert happened.event.moment == SENT.moment
    assert (happened.event.title, happened.event.text) == ("It fails", "It was the deployment")
    (entry,) = entries([SENT, READ], "PagerDuty")
    assert (entry.external_id, entry.aliases) == ("sent", ("read",))
    assert told_once([READ, SENT]) == [SENT]


def test_who_was_paged_is_known_by_both() -> None:
    sent = said(PageEvent.ESCALATED, 0, "sent", paged=(GRACE,))
    read = said(PageEvent.ESCALATED, 0, "read", paged=(GRACE, ALAN), listed=True)
    _, grace, alan = entries([sent, read], "PagerDuty")
    assert (grace.external_id, grace.aliases) == ("sent:PGRACE", ("read:PGRACE",))
    assert (alan.external_id, alan.actor) == ("sent:PALAN", ALAN)


def test_what_differs_is_not_one_event() -> None:
    for other in (
        said(PageEvent.NOTE, 10, "other", actor=ALAN, listed=True),
        said(PageEvent.NOTE, 10, "other", listed=True),
        said(PageEvent.STATUS_UPDATE, 10, "other", actor=GRACE, listed=True),
        said(PageEvent.NOTE, 10, "other", actor=GRACE, external_id="PELSE", listed=True),
        said(PageEvent.NOTE, 7, "other", actor=GRACE, listed=True),
        said(PageEvent.NOTE, 13, "other", actor=GRACE, listed=True),
        said(PageEvent.NOTE, 10, "other", actor=GRACE),
    ):
        assert sorted(ids(SENT, other)) == [("other",), ("sent",)]


def test_two_that_were_read_at_once_are_two() -> None:
    again = said(PageEvent.NOTE, 10, "read again", actor=GRACE, listed=True)
    assert ids(READ, again, SENT) == [("read again",), ("sent", "read")]


def test_what_others_are_called_tells_them_apart() -> None:
    sent = said(PageEvent.OTHER, 0, "sent", detail="Workflow started")
    read = said(PageEvent.OTHER, 0, "read", detail="Urgency change", listed=True)
    assert ids(sent, read) == [("read",), ("sent",)]


_TOLD = st.lists(
    st.builds(
        lambda kind, second, listed, number: said(
            kind, second, f"{'read' if listed else 'sent'}{number}", listed=listed
        ),
        st.sampled_from([PageEvent.NOTE, PageEvent.ACKNOWLEDGED]),
        st.integers(0, 40).map(lambda tenth: tenth / 4),
        st.booleans(),
        st.integers(0, 99),
    ),
    max_size=12,
    unique_by=lambda page: page.event_id,
)


@given(told=_TOLD, data=st.data())
def test_the_order_in_which_it_was_heard_decides_nothing(
    told: list[PageObserved], data: st.DataObject
) -> None:
    happened = events_of(told)
    assert events_of(data.draw(st.permutations(told))) == happened
    assert sorted(name for each in happened for name in each.ids) == sorted(
        page.event_id for page in told
    )
    by_id = {page.event_id: page for page in told}
    for each in happened:
        of = [by_id[name] for name in each.ids]
        assert [page.listed for page in of] in ([False, True], [False], [True])
        assert len({page.event for page in of}) == 1
        assert abs(of[-1].moment.at - of[0].moment.at) <= AT_ONCE


@given(told=_TOLD, late=_TOLD)
def test_what_comes_late_makes_no_event_disappear(
    told: list[PageObserved], late: list[PageObserved]
) -> None:
    known = {page.event_id for page in told}
    more = [*told, *(page for page in late if page.event_id not in known)]
    assert len(events_of(more)) >= len(events_of(told))
