"""What is done at GitHub: it never delivers a webhook again by itself, so it is asked to."""

from collections.abc import Mapping
from datetime import UTC, datetime

from integrations.github.app import as_app
from integrations.github.ask import GitHubApi
from integrations.payload import JsonObject, as_object

OF_APP = "app/hook"
"""The path of a GitHub App's own webhook, which only the App itself may ask about."""

MOST_AT_ONCE = 50
"""How many deliveries of one webhook are asked for in one round."""

_PER_PAGE = 100
_ACCEPTED = range(200, 400)


async def ask_again(api: GitHubApi, webhook: str, asked: int) -> int:
    """Ask for deliveries that failed since the one numbered `asked`; the newest asked for now.

    `webhook` is its path: "repos/acme/shop/hooks/42", or "app/hook". GitHub keeps deliveries for
    three days. Each is asked for once: one that fails again is a delivery of its own, and is told
    from the others.
    """
    path, headers = f"/{webhook}/deliveries", headers_for(api, webhook)
    query = {"per_page": str(_PER_PAGE), "status": "failure"}
    reply = await api.get(path, query, headers)
    listed = as_object({"deliveries": reply.json()}, "").objects("deliveries", _PER_PAGE)
    failed = sorted(int(each.numeric_id("id")) for each in listed if _is_lost(each))
    for number in [each for each in failed if each > asked][:MOST_AT_ONCE]:
        await api.post(f"{path}/{number}/attempts", headers)
        asked = number
    return asked


def headers_for(api: GitHubApi, webhook: str) -> Mapping[str, str]:
    """What a question about a webhook carries besides the connection's own credential.

    Raises:
        Denied: it is an App's, and the connection has no App.
    """
    return as_app(api.connection, datetime.now(UTC)) if webhook == OF_APP else {}


def _is_lost(delivery: JsonObject) -> bool:
    return not delivery.flag("redelivery") and delivery.whole("status_code") not in _ACCEPTED
