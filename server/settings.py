"""Every setting, its default and its meaning. All are environment variables `WHYCHAIN_…`."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _data_home() -> Path:
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "whychain"


def _nothing_if_empty(value: object) -> object:
    """An empty variable is an absent one: `WHYCHAIN_ADMIN_TOKEN=` is no token of length 0."""
    return None if value == "" else value


OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_nothing_if_empty)]
OptionalText = Annotated[str | None, BeforeValidator(_nothing_if_empty)]
OptionalPath = Annotated[Path | None, BeforeValidator(_nothing_if_empty)]


class Settings(BaseSettings):
    """What an operator may set; the README's table is held against the descriptions here."""

    model_config = SettingsConfigDict(env_prefix="WHYCHAIN_", extra="ignore", frozen=True)

    database_url: OptionalText = Field(
        default=None,
        description="PostgreSQL 15 or later. Without it an embedded PostgreSQL starts.",
    )
    database_connections: int = Field(
        default=10, ge=2, le=200, description="Connections of one process to the database."
    )
    data_dir: Path = Field(
        default_factory=_data_home,
        description="Where the embedded PostgreSQL keeps its data; several processes may share it.",
    )
    postgres_bin: OptionalPath = Field(
        default=None,
        description="The `bin` folder of a PostgreSQL to embed instead of the bundled one.",
    )
    nats_url: OptionalText = Field(
        default=None,
        description="NATS servers, separated by commas, that carry hints between many replicas. "
        "Without them the database does.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on.")
    admin_token: OptionalSecret = Field(
        default=None,
        description="A bearer token with every scope. On loopback, without it, `serve` makes one "
        "per start and prints it.",
    )
    cors_origins: str = Field(
        default="",
        description="Origins whose pages may call the API from a browser, separated by commas.",
    )
    config: OptionalPath = Field(
        default=None,
        description="`whychain.toml`: the accounts at vendors that are asked for news, "
        "and rules of language.",
    )
    github_webhook_secret: OptionalSecret = Field(
        default=None,
        description="Signs GitHub's webhooks; several, separated by commas, while one rotates.",
    )
    pagerduty_webhook_secret: OptionalSecret = Field(
        default=None,
        description="Signs PagerDuty's webhooks; several, separated by commas, while one rotates.",
    )
    jira_webhook_secret: OptionalSecret = Field(
        default=None,
        description="Signs Jira's webhooks; several, separated by commas, while one rotates.",
    )
    slack_signing_secret: OptionalSecret = Field(
        default=None,
        description="The signing secret of the Slack app; several, separated by commas, while one "
        "rotates.",
    )
    intake_token: OptionalSecret = Field(
        default=None,
        description="The bearer token of the intake; several, separated by commas, while one "
        "rotates.",
    )
    inbox_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="For how many days the bodies of webhooks are kept that were processed. Their "
        "keys, which tell a repetition, stay 30 days longer; what is parked stays.",
    )
    incident_url: OptionalText = Field(
        default=None,
        pattern=r"^https?://\S*\{id\}\S*$",
        description="Where people look at an incident, with `{id}` in place of its id: tickets and "
        "messages lead there.",
    )
    review_weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = Field(
        default="monday",
        description="The day on which teams are told in chat how their action items stand.",
    )
    review_hour: int = Field(
        default=9,
        ge=0,
        le=23,
        description="The hour (UTC) from which people are reminded in chat, and teams told.",
    )
    remind_days_before: int = Field(
        default=3,
        ge=0,
        le=60,
        description="How many days before an action item is due its owner is reminded; 0 for "
        "never.",
    )
    escalate_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="How many days after an open action item was due the lead of its owner's team "
        "is told, and again each week.",
    )
    sprint_start: date = Field(
        default=date(2026, 1, 5),
        description="The first day of any sprint; due dates of action items follow from it.",
    )
    sprint_days: int = Field(default=14, ge=1, le=90, description="The length of a sprint in days.")
    drain_seconds: float = Field(
        default=5.0,
        ge=0,
        le=300,
        description="How long SIGTERM waits for sockets to leave before it closes them.",
    )
    direct_sockets: bool = Field(
        default=True,
        description="Serve GraphQL's sockets past ASGI: less memory and work for each subscriber.",
    )
    max_cost: int = Field(
        default=200_000,
        ge=1_000,
        description="How many values one operation may answer with, every list at its full length.",
    )
    log_statements: bool = Field(
        default=False,
        description="Log each SQL statement that a query is compiled to, once, without its values.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="How logs are written."
    )
