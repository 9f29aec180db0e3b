"""What is done in a workspace: a message is posted to a team's channel, or to a person."""

from integrations.contract import Connection, Post, Rejected
from integrations.payload import JsonObject
from integrations.slack.ask import PAGE_SIZE, SlackApi
from integrations.slack.message import METADATA
from integrations.slack.settings import teams_of
from integrations.slack.text import marked_up

PAGES_LIMIT = 5
"""How many pages back a post is looked for that may be there already: a thousand messages."""


def target_of(connection: Connection, post: Post) -> str | None:
    """Where a post goes: a channel, or the person, whose id stands for the conversation."""
    return teams_of(connection).get(post.team) if post.team else post.person


async def post_message(connection: Connection, api: SlackApi, post: Post, *, again: bool) -> None:
    """Post it; where it may have been posted already, unless it is found.

    Raises:
        Rejected: the connection knows no place for it.
    """
    target = target_of(connection, post)
    if target is None:
        raise Rejected("The connection names no channel for this team.")
    if again and await _is_there(api, await _conversation(api, post, target), post.marker):
        return
    body = {
        "channel": target,
        "text": marked_up(post.text),
        "mrkdwn": True,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": METADATA, "event_payload": {"marker": post.marker}},
    }
    await api.post("chat.postMessage", body)


async def _conversation(api: SlackApi, post: Post, target: str) -> str:
    """The conversation that a post goes to. With a person it may have to be opened first."""
    if post.team:
        return target
    answer = await api.post("conversations.open", {"users": target})
    return answer.object("channel").identity("id")


async def _is_there(api: SlackApi, conversation: str, marker: str) -> bool:
    after = ""
    for _ in range(PAGES_LIMIT):
        answer, after = await api.page(
            "conversations.history", after, channel=conversation, include_all_metadata="true"
        )
        messages = answer.objects("messages", PAGE_SIZE)
        if any(_marker_of(each) == marker for each in messages):
            return True
        if not after:
            break
    return False


def _marker_of(message: JsonObject) -> str | None:
    metadata = message.object_or_none("metadata")
    if metadata is None or metadata.identity_or_none("event_type") != METADATA:
        return None
    payload = metadata.object_or_none("event_payload")
    return payload.identity_or_none("marker") if payload else None
