"""The composition root: settings → database → live → integrations → schema → doors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy.sql import Executable

from schema.build import build, graphql_schema
from schema.context import Context
from schema.engine.compiler import Compiler
from schema.engine.documents import Documents
from schema.engine.measure import Limits
from schema.engine.source import Reading
from schema.engine.subtrees import Subtrees
from schema.execution import Operations
from schema.subscribing import Subscriptions
from server import language_rules
from server.commands.delivery import Inbox
from server.commands.token import Gatekeeper
from server.commands.work import Office
from server.domain.action_item import Sprints
from server.domain.link import Links
from server.domain.reminder import Rhythm
from server.domain.viewer import Viewer
from server.jobs.attribute import Attribute
from server.jobs.compare import Compare
from server.jobs.job import Runs
from server.jobs.join_people import JoinPeople
from server.jobs.link import Link
from server.jobs.loop import Recurs
from server.jobs.merge_pages import MergePages
from server.jobs.poll import Poll
from server.jobs.post_message import PostMessage
from server.jobs.process_delivery import ProcessDelivery
from server.jobs.prune import Prune
from server.jobs.push_ticket import PushTicket
from server.jobs.redact import Redact
from server.jobs.remind import Remind
from server.jobs.resolve_page import ResolvePage
from server.jobs.retry_tickets import RetryTickets
from server.jobs.sweep import Sweep
from server.jobs.tell_deployment import TellDeployment
from server.jobs.wake import Wake
from server.jobs.worker import Worker
from server.live.carrier import Carrier
from server.live.hint import Publish
from server.live.hub import Hub
from server.live.nats import NatsCarrier
from server.live.notify import NotifyCarrier
from server.metrics import exposition
from server.settings import Settings
from server.store.database import Database, Prepared, prepare
from server.store.embedded import EmbeddedPostgres
from server.store.migrate import at_head, migrate
from server.store.views.sight import binds_of
from server.vendors import Vendors, secrets_of
from server.web import graphiql, routes
from server.web.routes import Doors

log = structlog.get_logger()


@asynccontextmanager
async def database_at(settings: Settings) -> AsyncIterator[str]:
    """The address of the database: the one that is set, else the embedded one, running.

    Raises:
        EmbeddedPostgresError: it cannot be started; the message says what to do.
    """
    if settings.database_url:
        yield settings.database_url
        return
    async with EmbeddedPostgres.start(settings.data_dir, binaries=settings.postgres_bin) as server:
        yield server.url


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Database]:
    """The database, migrated and connected to."""
    async with database_at(settings) as url:
        await migrate(url)
        async with Database.connect(url, size=settings.database_connections) as database:
            yield database


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """An office for one command beside the servers; workers find its jobs when they next look."""
    async with connected(settings) as database:
        yield _office(settings, database, publish=lambda _: None, wake=lambda: None)


def _office(
    settings: Settings, database: Database, *, publish: Publish, wake: Callable[[], None]
) -> Office:
    sprints = Sprints(start=settings.sprint_start, days=settings.sprint_days)
    return Office(database, publish, wake, sprints, rules=language_rules.load(settings.config))


@dataclass(frozen=True, slots=True)
class House:
    """The server, put together and running but for its listening socket."""

    doors: Doors
    office: Office
    vendors: Vendors


@asynccontextmanager
async def open_house(
    settings: Settings, *, admin_token: str | None = None, jobs: bool = True
) -> AsyncIterator[House]:
    """Everything behind the doors, while the block runs.

    Args:
        admin_token: a bearer token with every scope; the one of the settings by default.
        jobs: whether this process also runs the jobs.
    """
    async with AsyncExitStack() as stack:
        vendors = await stack.enter_async_context(Vendors.open(settings))
        database = await stack.enter_async_context(connected(settings))
        hub = Hub(database)
        carrier = _carrier(settings, database, hub)
        wake = await stack.enter_async_context(Wake.running(database.url))
        office = _office(settings, database, publish=carrier.publish, wake=wake)
        office = replace(office, outward=vendors.outward)
        await stack.enter_async_context(hub.running())
        await stack.enter_async_context(carrier.running())
        if jobs:
            worker = _worker(settings, office, vendors)
            await stack.enter_async_context(worker.running())
            await stack.enter_async_context(Poll(office, vendors.looks(office)).running())
        doors = _doors(settings, database, office, hub, vendors, admin_token)
        yield House(doors, office, vendors)


def _carrier(settings: Settings, database: Database, hub: Hub) -> Carrier:
    if settings.nats_url:
        return NatsCarrier(settings.nats_url.split(","), hub.hear)
    return NotifyCarrier(database.url, hub.hear)


def _worker(settings: Settings, office: Office, vendors: Vendors) -> Worker:
    trackers, chats = vendors.trackers, vendors.chats
    links = Links(settings.incident_url)
    jobs: Sequence[Runs] = (
        ProcessDelivery(office, vendors.receiving, connections=vendors.connections.all),
        Attribute(office),
        Compare(office),
        Link(office),
        Redact(office),
        MergePages(office),
        JoinPeople(office),
        ResolvePage(office, vendors.resolving),
        TellDeployment(office, vendors.telling),
        PushTicket(office, trackers, links),
        PostMessage(office, chats),
    )
    loops: Sequence[Recurs] = (
        Sweep(office),
        Prune(office, bodies_for=timedelta(days=settings.inbox_days)),
        RetryTickets(office, trackers),
        Remind(office, chats, links, _rhythm(settings)),
    )
    return Worker(office.database.url, jobs, loops)


def _rhythm(settings: Settings) -> Rhythm:
    return Rhythm(
        weekday=settings.review_weekday,
        hour=settings.review_hour,
        before=settings.remind_days_before,
        patience=settings.escalate_days,
    )


def _prepare_aloud(statement: Executable) -> Prepared:
    prepared = prepare(statement)
    log.info("compiled", statement=prepared.sql)
    return prepared


def _doors(
    settings: Settings,
    database: Database,
    office: Office,
    hub: Hub,
    vendors: Vendors,
    admin_token: str | None,
) -> Doors:
    schema = graphql_schema()
    compiler = Compiler(build(), schema, _prepare_aloud if settings.log_statements else prepare)
    subtrees = Subtrees(compiler)
    documents = Documents(schema, Limits(cost=settings.max_cost))
    accounts = vendors.accounts

    def context(viewer: Viewer) -> Context:
        reading = Reading(database, binds_of(viewer), subtrees)
        return Context(viewer, reading, office, hub, accounts)

    async def ready() -> str | None:
        return None if await at_head(database) else "The database is not migrated."

    configured = settings.admin_token.get_secret_value() if settings.admin_token else None
    gatekeeper = Gatekeeper(database, admin_token or configured)
    return routes.build(
        execute=Operations(
            schema, documents, context, compiler, Subscriptions(schema, context, hub)
        ),
        metrics=exposition(compiler.tally, hub),
        authorise=gatekeeper,
        vouch=gatekeeper.vouch,
        accept_delivery=Inbox(office),
        ready=ready,
        page=graphiql.page,
        assets=graphiql.routes(),
        origins=[each.strip() for each in settings.cors_origins.split(",") if each.strip()],
        integrations=vendors.receiving,
        secrets=secrets_of(settings, vendors.integrations, vendors.connections),
    )
