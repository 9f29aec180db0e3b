"""One past incident, written event by event, each at the time it happened."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from integrations.observation import PageEvent
from server.commands import action_item as actions
from server.commands import hypothesis as hypotheses
from server.commands import incident as incidents
from server.commands import why as whys
from server.commands.attribution import recompute
from server.commands.observe import observe
from server.commands.timeline import AddEntries, Entry, add
from server.commands.verdict import RecordVerdict, record_verdict
from server.commands.work import Office
from server.demo.organisation import Organisation
from server.demo.plan import Action, Hypothesis, Incident, Release, Step
from server.demo.sightings import GITHUB, PAGERDUTY, of_page, page_id
from server.demo.whole import Whole
from server.domain.incident import IncidentStatus, ResponderRole
from server.domain.timeline import TimelineKind
from server.domain.viewer import Viewer
from server.store.database import Transaction
from server.store.statements import find_row
from server.store.tables import deployment, identity, incident

_Event: TypeAlias = tuple[datetime, Callable[[Office], Awaitable[object]]]
_SHORTLY = timedelta(seconds=20)


async def load_incident(
    whole: Whole, loader: Viewer, company: Organisation, planned: Incident
) -> UUID:
    """Write the incident, inside the transaction; its id."""
    writer = _Writer(whole.tx, loader, company, planned, await _people(whole.tx, company))
    for at, happen in sorted(writer.events(), key=lambda event: event[0]):
        await happen(whole.at(at))
    return writer.id


async def _people(tx: Transaction, company: Organisation) -> dict[str, UUID]:
    """People's ids by handle."""
    ids = {}
    for person in company.people:
        row = await find_row(tx, identity, provider="github", external_id=str(person.github))
        if row:
            ids[person.handle] = row["person_id"]
    return ids


@dataclass(slots=True)
class _Writer:
    """Who tells the incident: knows the plan, and the ids of what was written so far."""

    tx: Transaction
    loader: Viewer
    company: Organisation
    planned: Incident
    people: dict[str, UUID]
    id: UUID = field(init=False)
    entries: dict[TimelineKind, UUID] = field(default_factory=dict)

    def events(self) -> Iterator[_Event]:
        """Everything that happened, with its time; in no order."""
        course = self.planned.course
        yield course.declared_at, self._open
        yield course.declared_at + _SHORTLY, self._say_what_is_seen
        yield course.acknowledged_at, self._acknowledge
        for hypothesis in self.planned.hypotheses:
            yield from self._hypothesis(hypothesis)
        yield course.identified_at, self._identify
        yield course.mitigated_at, self._mitigate
        yield course.resolved_at, self._resolve
        yield course.resolved_at + _SHORTLY, self._attribute
        yield course.reviewed_at, self._review
        for action in self.planned.actions:
            yield from self._action(action)

    async def _open(self, office: Office) -> None:
        if self.planned.paged:
            await self._page(office, PageEvent.TRIGGERED, self.planned.course.declared_at)
            row = await find_row(
                self.tx, incident, source=PAGERDUTY.name, external_id=page_id(self.planned)
            )
            if row is None:
                raise LookupError("a page opened no incident")
            self.id = row["id"]
        else:
            self.id = await incidents.declare(office, self._commander, self._declaration())

    def _declaration(self) -> incidents.Declare:
        planned, course = self.planned, self.planned.course
        return incidents.Declare(
            planned.texts.title,
            planned.severity,
            summary=planned.texts.summary,
            services=(planned.service.slug,),
            started_at=course.started_at,
            detected_at=course.detected_at,
            detected_by=planned.signal,
            declared_at=course.declared_at,
            responders=self._responders(),
        )

    def _responders(self) -> incidents.Responders:
        planned = self.planned
        paged = ((planned.on_call, ResponderRole.PAGED),) if planned.paged else ()
        others = ((handle, ResponderRole.RESPONDER) for handle in planned.responders)
        roles = ((planned.commander, ResponderRole.COMMANDER), *others, *paged)
        return tuple((self.people[handle], role) for handle, role in roles)

    async def _say_what_is_seen(self, office: Office) -> None:
        planned, course = self.planned, self.planned.course
        if planned.paged:
            changes = {
                "started_at": course.started_at,
                "summary": planned.texts.summary,
            }
            update = incidents.Update(self.id, changes, responders=self._responders())
            await incidents.update(office, self._commander, update)
        known_at = course.detected_at
        await self._write(
            office, TimelineKind.ANOMALY, planned.texts.anomaly, course.started_at, known_at
        )

    async def _acknowledge(self, office: Office) -> None:
        await self._page(office, PageEvent.ACKNOWLEDGED, self.planned.course.acknowledged_at)
        await self._move(office, IncidentStatus.INVESTIGATING)

    def _hypothesis(self, planned: Hypothesis) -> Iterator[_Event]:
        viewer = self._as(planned.by)
        raised: list[UUID] = []

        async def begin(office: Office) -> None:
            evidence = (self.entries[TimelineKind.ANOMALY],)
            command = hypotheses.Raise(self.id, planned.statement, evidence)
            raised.append(await hypotheses.raise_(office, viewer, command))

        async def end(office: Office) -> None:
            command = hypotheses.Settle(raised[0], planned.state, planned.reason)
            await hypotheses.settle(office, viewer, command)

        yield planned.raised_at, begin
        yield planned.settled_at, end

    async def _identify(self, office: Office) -> None:
        body, at = self.planned.texts.root_cause, self.planned.course.identified_at
        culprit = await self._deployment(self.planned.culprit)
        await self._write(office, TimelineKind.ROOT_CAUSE, body, at, deployment=culprit)
        await self._move(office, IncidentStatus.IDENTIFIED)

    async def _mitigate(self, office: Office) -> None:
        body, at = self.planned.texts.mitigation, self.planned.course.mitigated_at
        remedy = await self._deployment(self.planned.remedy)
        await self._write(office, TimelineKind.MITIGATION, body, at, deployment=remedy)
        await self._move(office, IncidentStatus.MITIGATED)

    async def _resolve(self, office: Office) -> None:
        body, at = self.planned.texts.recovery, self.planned.course.resolved_at
        await self._write(office, TimelineKind.RECOVERY, body, at)
        await self._page(office, PageEvent.RESOLVED, at)
        await self._move(office, IncidentStatus.RESOLVED)

    async def _attribute(self, office: Office) -> None:
        """Do at once what jobs would do later, and take those jobs out of the queue."""
        await recompute(office, self.id)

    async def _review(self, office: Office) -> None:
        await self._ask_why(office)
        if verdict := self.planned.verdict:
            culprit = await self._deployment(self.planned.culprit)
            command = RecordVerdict(self.id, verdict.kind, culprit, verdict.reason)
            await record_verdict(office, self._commander, command)

    async def _ask_why(self, office: Office) -> None:
        parent: UUID | None = None
        for why in self.planned.whys:
            evidence = None if parent else (self.entries[TimelineKind.ANOMALY],)
            command = whys.Answer(
                self.id,
                why.question,
                why.answer,
                parent=parent,
                systemic=why.systemic,
                evidence=evidence,
            )
            parent = await whys.answer(office, self._commander, command)

    def _action(self, planned: Action) -> Iterator[_Event]:
        created: list[UUID] = []

        async def create(office: Office) -> None:
            command = actions.Create(
                self.id, planned.title, planned.kind, self.people[planned.owner]
            )
            created.append(await actions.create(office, self._commander, command))

        yield self.planned.course.reviewed_at, create
        for step in planned.steps:

            async def move(office: Office, step: Step = step) -> None:
                changes = {"state": step.state, "reason": step.reason}
                update = actions.Update(created[0], changes)
                await actions.update(office, self._as(planned.owner), update)

            yield step.at, move

    async def _page(self, office: Office, event: PageEvent, at: datetime) -> None:
        """Let PagerDuty say it, if it was PagerDuty that opened the incident."""
        if self.planned.paged:
            async with office.work() as work:
                await observe(work, PAGERDUTY, [of_page(self.company, self.planned, event, at)])

    async def _move(self, office: Office, status: IncidentStatus) -> None:
        update = incidents.Update(self.id, {"status": status})
        await incidents.update(office, self._commander, update)

    async def _write(
        self,
        office: Office,
        kind: TimelineKind,
        body: str,
        at: datetime,
        known_at: datetime | None = None,
        deployment: UUID | None = None,
    ) -> None:
        entry = Entry(kind, at, body, known_at=known_at, deployment=deployment)
        command = AddEntries(self.id, (entry,))
        writer = self._as(self.planned.responders[0])
        (self.entries[kind],) = await add(office, writer, command)

    async def _deployment(self, release: Release | None) -> UUID | None:
        if release is None:
            return None
        row = await find_row(
            self.tx, deployment, source=GITHUB.name, external_id=release.external_id
        )
        return row["id"] if row else None

    @property
    def _commander(self) -> Viewer:
        return self._as(self.planned.commander)

    def _as(self, handle: str) -> Viewer:
        return replace(self.loader, person_id=self.people[handle])
