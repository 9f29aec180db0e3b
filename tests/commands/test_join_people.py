"""People are joined by the addresses of their identities, in whatever order these are told."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from integrations.observation import PersonRef
from server.commands import person as people
from server.commands.join_people import join_people
from server.commands.person import Identity, Upsert
from server.commands.work import Office
from server.domain.viewer import Viewer
from server.store import address, tables
from server.store.directory import directory_of
from server.store.person import JOIN, find_or_create
from server.store.queue import JobKind
from tests.commands.conftest import MONDAY
from tests.commands.stored import Stored

ON_CALL = PersonRef("pagerduty", "PADA", name="Ada L.")
CODER = PersonRef("github", "1", handle="ada-l", email="ada@example.com")
BLOCKS = frozenset[tuple[str, str]]


async def tell(office: Office, *told: PersonRef) -> None:
    """Have a source name each of these, one after another."""
    for each in told:
        async with office.work() as work:
            await find_or_create(work.tx, [each])


async def partition(stored: Stored) -> set[BLOCKS]:
    """The identities, by the person that they are of."""
    blocks: dict[object, set[tuple[str, str]]] = {}
    for row in await stored.rows(tables.identity):
        blocks.setdefault(row["person_id"], set()).add((row["provider"], row["external_id"]))
    return {frozenset(block) for block in blocks.values()}


def by_addresses(told: Sequence[PersonRef]) -> set[BLOCKS]:
    """The partition that is wanted: whoever ever had one address is one."""
    blocks: list[tuple[set[tuple[str, str]], set[str]]] = []
    for each in told:
        keys = {(each.provider, each.external_id)}
        emails = {each.email.lower()} if each.email else set()
        for block in [*blocks]:
            if block[0] & keys or block[1] & emails:
                keys, emails = keys | block[0], emails | block[1]
                blocks.remove(block)
        blocks.append((keys, emails))
    return {frozenset(keys) for keys, _ in blocks}


_refs = st.builds(
    PersonRef,
    provider=st.sampled_from(["github", "pagerduty", "jira", "slack"]),
    external_id=st.sampled_from(["1", "2", "3"]),
    name=st.sampled_from([None, "Ada", "Grace"]),
    email=st.sampled_from([None, "ada@x.example", "ADA@x.example", "grace@x.example", "c@x"]),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(_refs, min_size=2, max_size=12).flatmap(st.permutations), st.sets(st.integers(0, 11))
)
async def test_any_order_ends_in_the_same_people(
    office: Office, stored: Stored, told: list[PersonRef], joined_after: set[int]
) -> None:
    async with office.database.transaction() as tx:
        await tx.run(text("truncate person, identity, jobs.pgqueuer cascade"))
    for index, each in enumerate(told):
        await tell(office, each)
        if index in joined_after:
            await join_people(office)
    if await stored.jobs(JobKind.JOIN_PEOPLE):
        await join_people(office)
    assert await partition(stored) == by_addresses(told)
    assert len(await stored.rows(tables.person)) == len(by_addresses(told))
    assert await join_people(office) == 0


async def test_whoever_gets_an_address_later_becomes_who_has_it(
    office: Office, stored: Stored
) -> None:
    await tell(office, ON_CALL, CODER)
    row = await stored.row(tables.identity, provider="pagerduty")
    deployed = await stored.deployment(MONDAY, deployer_id=row["person_id"])
    assert len(await stored.rows(tables.person)) == 2
    await tell(office, replace(ON_CALL, email="Ada@Example.com"))
    assert set(await stored.jobs(JobKind.JOIN_PEOPLE)) == {JOIN.id}
    assert await join_people(office) == 1
    (ada,) = await stored.rows(tables.person)
    assert (ada["name"], ada["email"]) == ("Ada L.", "ada@example.com")
    assert (await stored.row(tables.deployment, id=deployed))["deployer_id"] == ada["id"]
    assert len(await stored.jobs(JobKind.REDACT)) == 1


async def test_an_address_that_nobody_has_is_given_to_its_person(
    office: Office, stored: Stored
) -> None:
    await tell(office, ON_CALL, replace(ON_CALL, email="ada@example.com"))
    assert await join_people(office) == 0
    assert (await stored.row(tables.person, name="Ada L."))["email"] == "ada@example.com"


async def test_an_address_that_changes_tears_nobody_apart(office: Office, stored: Stored) -> None:
    await tell(office, CODER, replace(CODER, email="ada@new.example"))
    await tell(office, replace(ON_CALL, email="ada@example.com"))
    await tell(office, PersonRef("slack", "U1", email="ada@new.example"))
    await join_people(office)
    (ada,) = await stored.rows(tables.person)
    assert ada["email"] == "ada@example.com"
    async with office.database.transaction() as tx:
        (known,) = (await directory_of(tx)).people
    assert known.emails == ("ada@example.com", "ada@new.example")


async def test_two_whom_people_described_stay_two(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    ada = await people.upsert(office, viewer, Upsert("Ada", email="ada@example.com"))
    on_call = Upsert("Ada L.", identities=(Identity("pagerduty", "PADA"),))
    other = await people.upsert(office, viewer, on_call)
    await tell(office, replace(ON_CALL, email="ada@example.com"))
    assert await join_people(office) == 0
    assert {row["id"] for row in await stored.rows(tables.person)} == {ada, other}


async def test_whom_a_source_made_becomes_whom_a_person_described(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    on_call = Upsert("Ada Lovelace", identities=(Identity("pagerduty", "PADA"),))
    ada = await people.upsert(office, viewer, on_call)
    await tell(office, CODER, replace(ON_CALL, email="ada@example.com"))
    await join_people(office)
    (row,) = await stored.rows(tables.person)
    assert (row["id"], row["name"], row["email"]) == (ada, "Ada Lovelace", "ada@example.com")


async def test_describing_somebody_by_an_address_of_an_identity_finds_them(
    office: Office, viewer: Viewer, stored: Stored
) -> None:
    await tell(office, CODER, replace(CODER, email="ada@new.example"))
    await people.upsert(office, viewer, Upsert("Ada Lovelace", email="ada@new.example"))
    (row,) = await stored.rows(tables.person)
    assert (row["name"], row["automatic"]) == ("Ada Lovelace", False)
    async with office.database.transaction() as tx:
        assert await address.person_with(tx, "ada@example.com") == row["id"]
