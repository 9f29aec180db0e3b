"""The suite that is shipped finds what it is there to find, and a careful integration stands it."""

from dataclasses import dataclass, replace

import pytest

from integrations.contract import (
    Connection,
    Delivery,
    Envelope,
    Headers,
    Http,
    Manifest,
    Need,
    Role,
    Secret,
    Setting,
    SettingKind,
    TicketDraft,
    Unwell,
    WebhookPolicy,
)
from integrations.observation import TicketObserved
from integrations.testing import (
    Check,
    Checked,
    Fixture,
    Messages,
    Part,
    Polled,
    Tickets,
    Vendor,
    checks_of,
    stand,
)
from tests.integrations.toy_tracker import (
    ACCOUNT,
    CHANGE,
    DRAFT,
    POST,
    Tracker,
    observed,
    odd,
    world,
)


def parts(plugin: Tracker) -> tuple[Part, ...]:
    return (
        Polled(plugin, ACCOUNT, world, odd),
        Checked(plugin, ACCOUNT, world),
        Tickets(plugin, ACCOUNT, world, DRAFT, CHANGE, gone="99"),
        Messages(plugin, ACCOUNT, world, (POST,)),
    )


async def test_a_careful_integration_stands_it() -> None:
    plugin = Tracker()
    await stand(plugin, *parts(plugin))


@pytest.mark.parametrize(
    ("fault", "name", "words"),
    [
        ("no_garbage", "Polled-check_no_cursor", "instead of Malformed"),
        ("swallows", "Polled-check_cut_at_every_request", "swallowed"),
        ("remembers", "Polled-check_killed_after_every_batch", "lost"),
        ("remembers", "Polled-check_hostile_answers", "same cursor"),
        ("stands", "Polled-check_round", "has not moved"),
        ("strays", "Polled-check_foreign_link", "another host"),
        ("shows", "Polled-check_secrets_hidden", "a secret was shown"),
        ("drops", "Polled-check_odd_record", "not told"),
        ("hopes", "Checked-check_refused", "nothing is found bad"),
        ("creates", "Tickets-check_twice", "more than once"),
        ("creates", "Tickets-check_answer_lost", "look for the marker"),
        ("creates", "Tickets-check_ticket", "two tickets"),
        ("notes", "Tickets-check_twice", "more than once"),
        ("posts", "Messages-check_answer_lost", "more than once"),
    ],
)
async def test_carelessness_is_found(fault: str, name: str, words: str) -> None:
    plugin = Tracker(frozenset({fault}))
    with pytest.raises(AssertionError, match=words):
        await check_called(name, plugin)()


@dataclass
class Curious(Tracker):
    """Looks at once for a ticket when it has not heard what became of it."""

    async def create_ticket(
        self, connection: Connection, http: Http, draft: TicketDraft
    ) -> TicketObserved:
        try:
            return await Tracker.create_ticket(self, connection, http, draft)
        except Unwell:
            found = (await http.get("/search", query={"marker": draft.marker})).json()
            if not found:
                raise
            return observed(found[0])


@pytest.mark.parametrize(
    ("faults", "stands"), [(frozenset(), True), (frozenset({"creates"}), False)]
)
async def test_a_lost_answer_may_be_found_out_about_at_once(
    faults: frozenset[str], stands: bool
) -> None:
    check = check_called("Tickets-check_answer_lost", Curious(faults))
    if stands:
        await check()
        return
    with pytest.raises(AssertionError, match="more than once"):
        await check()


@dataclass
class Housed(Tracker):
    """Says of itself that its vendor is somewhere else, or at no one address."""

    address: str | None = None

    @property
    def manifest(self) -> Manifest:
        return replace(Tracker().manifest, base_url=self.address)


async def test_an_address_is_https_or_is_that_of_each_account() -> None:
    await check_called("Manifest-check_powers", Housed())()
    for address in ("http://toy.example", "https://toy.example/", "https://", ""):
        with pytest.raises(AssertionError, match="base_url is https"):
            await check_called("Manifest-check_powers", Housed(address=address))()


def check_called(name: str, plugin: Tracker) -> Check:
    (check,) = (each for each in checks_of(plugin, *parts(plugin)) if each.name == name)
    return check


async def test_a_power_that_nothing_tries_is_named() -> None:
    plugin = Tracker()
    with pytest.raises(AssertionError, match="give checks_of a Messages"):
        await stand(plugin, *parts(plugin)[:-1])


async def test_a_short_secret_cannot_be_looked_for() -> None:
    plugin = Tracker()
    short = Connection("toy", "acme", "", secrets={"token": Secret("short")})
    with pytest.raises(AssertionError, match="longer"):
        await stand(plugin, Polled(plugin, short, world, odd))


@dataclass(frozen=True)
class Receiver:
    """Takes webhooks, and says of itself what it is told to say."""

    manifest: Manifest

    def verify(self, headers: Headers, body: bytes, secrets: tuple[Secret, ...]) -> None: ...

    def open(self, headers: Headers, body: bytes) -> Envelope:
        return Envelope("key", "event")

    def parse(self, delivery: Delivery) -> tuple[()]:
        return ()


WEBHOOK = WebhookPolicy("TOY_SECRET", 1_000)
NEED = Need("read", "to read")
NAMED = Setting("token", SettingKind.SECRET, "Ask the toy.")


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (Manifest("Toy", "Toy", frozenset({Role.PAGES})), "fit in a path"),
        (Manifest("toy", "", frozenset({Role.PAGES})), "title"),
        (Manifest("toy", "Toy", frozenset({Role.PAGES})), "must say webhook"),
        (
            Manifest("toy", "Toy", frozenset({Role.TICKETS}), WEBHOOK),
            "KeepsTickets is not satisfied",
        ),
        (Manifest("toy", "Toy", frozenset({Role.PAGES}), needs=(Need("read", ""),)), "needed for"),
        (Manifest("toy", "Toy", frozenset({Role.PAGES}), WEBHOOK, needs=(NEED,)), "Checks"),
        (Manifest("toy", "Toy", frozenset({Role.PAGES}), settings=(NAMED, NAMED)), "twice"),
        (
            Manifest(
                "toy",
                "Toy",
                frozenset({Role.PAGES}),
                settings=(Setting("token", SettingKind.SECRET, ""),),
            ),
            "about",
        ),
    ],
)
async def test_a_manifest_that_does_not_fit_is_found(manifest: Manifest, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        await stand(Receiver(manifest))


@dataclass(frozen=True)
class Eager(Receiver):
    """Takes everything for a challenge."""

    def challenge(self, headers: Headers, body: bytes) -> str | None:
        return body.decode("utf-8")


async def test_a_delivery_is_not_answered_as_a_challenge() -> None:
    plugin = Eager(Manifest("toy", "Toy", frozenset({Role.PAGES}), WEBHOOK))
    vendor = Vendor(plugin, lambda body, secret: {}, [Fixture("one", {}, b"{}")])
    (check,) = (each for each in checks_of(plugin, vendor) if "challenge" in each.name)
    with pytest.raises(AssertionError, match="answered as a challenge"):
        await check()
