"""What is done at GitHub: it never delivers a webhook again by itself, so it is asked to."""

from integrations.github.ask import GitHubApi
from integrations.payload import JsonObject, as_object

MOST_AT_ONCE = 50
"""How many deliveries of one webhook are asked for in one round."""

_PER_PAGE = 100
_ACCEPTED = range(200, 400)


async def ask_again(api: GitHubApi, webhook: str, asked: int) -> int:
    """Ask for deliveries that failed since the one numbered `asked`; the newest asked for now.

    `webhook` is its path: "repos/acme/shop/hooks/42". GitHub keeps deliveries for three days. Each
    is asked for once: one that fails again is a delivery of its own, and is told from the others.
    """
    path = f"/{webhook}/deliveries"
    reply = await api.get(path, {"per_page": str(_PER_PAGE), "status": "failure"})
    listed = as_object({"deliveries": reply.json()}, "").objects("deliveries", _PER_PAGE)
    failed = sorted(int(each.numeric_id("id")) for each in listed if _is_lost(each))
    for number in [each for each in failed if each > asked][:MOST_AT_ONCE]:
        await api.post(f"{path}/{number}/attempts")
        asked = number
    return asked


def _is_lost(delivery: JsonObject) -> bool:
    return not delivery.flag("redelivery") and delivery.whole("status_code") not in _ACCEPTED
