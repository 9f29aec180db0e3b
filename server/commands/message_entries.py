"""Messages as entries of the timeline of the incident that their channel belongs to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from integrations.observation import MessageObserved, PersonRef
from server.commands import told_entry
from server.commands.timeline import Entry
from server.commands.told_entry import ToldEntry
from server.commands.work import Office, Work
from server.domain.message import Message, fold
from server.store import incident as incidents
from server.store import message as messages
from server.store import observation, person
from server.store.database import Row
from server.store.message import SUBJECT
from server.store.person import Key

_DELETED = "it was deleted where it was said."
_ELSEWHERE = "its channel does not tell of this incident."


def lock_of(source: str, channel: str) -> str:
    """What whoever changes anything of a channel holds."""
    return f"{source}:channel:{channel}"


@dataclass(frozen=True, slots=True)
class _Told:
    """Messages of a source as they are now, and who the people in them are."""

    source: str
    messages: Mapping[str, Message]
    people: Mapping[Key, UUID]
    names: Mapping[UUID, str]

    def standing(self, names: Sequence[str]) -> list[str]:
        """Those of these messages that say something."""
        return [each for each in names if each in self.messages and self.messages[each].told]

    def entry(self, name: str) -> ToldEntry:
        """A message as an entry."""
        message = self.messages[name]
        called = {key: self.names[person_id] for key, person_id in self.people.items()}
        actor = self.people[_key(message.author)] if message.author else None
        body = message.body(called)
        entry = Entry(message.kind, message.posted_at, body, url=message.url, actor=actor)
        return ToldEntry(self.source, name, entry)

    def mentions(self, name: str) -> Iterator[dict[str, object]]:
        """How those are called whom a message mentions, as rows."""
        for key in {_key(each) for each in self.messages[name].mentioned}:
            yield {
                "source": self.source,
                "message": name,
                "provider": key[0],
                "external_id": key[1],
                "name": self.names[self.people[key]],
            }


async def tell(work: Work, source: str, rows: Sequence[Row]) -> None:
    """Have messages in the timeline of the incident each is wanted in, and in no other.

    `rows` are theirs, as `messages.placed` has them. Their channel is held.
    """
    wanted = [row["external_id"] for row in rows if row["wanted"]]
    told = await _read(work, source, wanted)
    for incident_id, names in _by(rows, lambda row: row["incident_id"]).items():
        left = [row["external_id"] for row in names if row["wanted"] != incident_id]
        await _leave(work, source, incident_id, left)
    for incident_id, names in _by(rows, lambda row: row["wanted"]).items():
        await _enter(work, told, incident_id, [row["external_id"] for row in names])
    await messages.place(work.tx, source, [r["external_id"] for r in rows if not r["wanted"]], None)


def _by(rows: Sequence[Row], incident_of: Callable[[Row], UUID | None]) -> dict[UUID, list[Row]]:
    """Rows by an incident of theirs, in the order in which incidents are locked."""
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        if incident_id := incident_of(row):
            found.setdefault(incident_id, []).append(row)
    return dict(sorted(found.items()))


async def _leave(work: Work, source: str, incident_id: UUID, names: Sequence[str]) -> None:
    row = await incidents.lock(work.tx, incident_id) if names else None
    if row:
        await told_entry.take_back_named(work, row["id"], source, names, _ELSEWHERE)


async def _enter(work: Work, told: _Told, incident_id: UUID, names: Sequence[str]) -> None:
    row = await incidents.lock(work.tx, incident_id)
    if row is None:
        return
    standing = told.standing(names)
    await told_entry.keep(work, row["id"], [told.entry(name) for name in standing])
    gone = sorted(set(names) - set(standing))
    await told_entry.take_back_named(work, row["id"], told.source, gone, _DELETED)
    await messages.place(work.tx, told.source, names, row["id"])
    mentions = [each for name in standing for each in told.mentions(name)]
    await messages.put_names(work.tx, told.source, names, mentions)


async def _read(work: Work, source: str, names: Sequence[str]) -> _Told:
    """Messages as all that was ever said of them has them."""
    seen = await observation.of_subjects(work.tx, source, [f"{SUBJECT}{name}" for name in names])
    folded = {
        subject.removeprefix(SUBJECT): fold(
            each for each in told if isinstance(each, MessageObserved)
        )
        for subject, told in seen.items()
    }
    standing = {name: message for name, message in folded.items() if message}
    people = await person.find_or_create(work.tx, _people(standing.values()))
    called = await person.names(work.tx, people.values())
    return _Told(source, standing, people, called)


def _people(told: Iterable[Message]) -> Iterator[PersonRef]:
    for message in told:
        yield from message.mentioned
        if message.author:
            yield message.author


def _key(who: PersonRef) -> Key:
    return who.provider, who.external_id


async def rename(office: Office) -> int:
    """Tell messages anew that name somebody who is called otherwise by now; how many.

    A page of them in each transaction. The mention is what is looked at, so that what a person
    revised here, and what mentions nobody, is passed over.
    """
    total = 0
    while True:
        async with office.work() as work:
            found = await messages.misnamed(work.tx)
            held = {lock_of(row["source"], row["channel"]) for row in found}
            await observation.lock(work.tx, held)
            for source in sorted({row["source"] for row in found}):
                names = [row["external_id"] for row in found if row["source"] == source]
                await tell(work, source, await messages.placed(work.tx, source, names))
        total += len(found)
        if len(found) < messages.PAGE:
            return total
