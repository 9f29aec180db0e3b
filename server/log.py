"""How the server logs: events with fields, never a secret, a body, or the locals of a frame."""

import logging
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered: it stands in every line that is logged for it."""


def configure(form: Literal["console", "json"]) -> None:
    """Set up structlog, and let other libraries' warnings pass in their own words."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _add_request_id,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_rendering(form),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def _rendering(form: Literal["console", "json"]) -> Sequence[Processor]:
    if form == "json":
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    # The default formatter would print the locals of every frame, secrets among them.
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(exception_formatter=plain),)


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    request_id = REQUEST_ID.get()
    return event if request_id is None else {**event, "request_id": request_id}
