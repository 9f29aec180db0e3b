"""Posting a message that was decided, once, as far as the chat can tell what it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from integrations.contract import Missing, Post, PostsMessages, Rejected
from server.backoff import Backoff
from server.commands import post
from server.commands.post import KeptPost
from server.commands.work import Office
from server.errors import Unavailable
from server.jobs.job import BACKOFF
from server.jobs.look import failure_of
from server.outbound.agents import Agent
from server.store.queue import JobKind

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PostMessage:
    """The job of one post. An attempt is counted before it is made: the next one knows of it."""

    office: Office
    chats: Sequence[Agent[PostsMessages]]
    backoff: Backoff = BACKOFF
    kind: JobKind = JobKind.POST

    async def run(self, id_: UUID, attempt: int) -> timedelta | None:
        """Make one attempt."""
        kept = await post.begin(self.office, id_)
        if kept is None:
            return None
        try:
            await self._send(kept)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # the chat may do anything; posts are not lost
            return await self._failed(kept, error)
        await post.finish(self.office, id_)
        return None

    async def _send(self, kept: KeptPost) -> None:
        wanted = kept.target.integration, kept.target.connection
        for each in self.chats:
            if (each.connection.integration, each.connection.name) == wanted:
                message = _message(kept)
                again = kept.attempts > 1
                await each.power.post_message(each.connection, each.http, message, again=again)
                return
        raise Missing("The connection is not there any more.")

    async def _failed(self, kept: KeptPost, error: Exception) -> timedelta | None:
        """Note it; how long to wait before it is tried again, if it is."""
        failure = failure_of(error)
        final = isinstance(error, Missing | Rejected)
        wait = None if final else self.backoff.after(kept.attempts)
        await post.note(self.office, kept.id, failure.message, failed=wait is None)
        told = {"post": kept.marker, "error": failure.code.value}
        if wait is None:
            _log.error("post given up", **told)
            return None
        _log.warning("post failed", **told)
        return max(wait, failure.again_in)


def _message(kept: KeptPost) -> Post:
    if kept.kind.for_team:
        return Post(kept.marker, kept.text, team=kept.target.name)
    return Post(kept.marker, kept.text, person=kept.target.name)
