"""Whom a ticket is given to: an account at this site, never somebody of the same name."""

from typing import Any

from integrations.contract import Assignee, Missing
from integrations.jira.ask import JiraApi
from integrations.payload import JsonObject


async def account_value(api: JiraApi, assignee: Assignee) -> dict[str, Any] | None:
    """The value of the field; None, which is nobody, where Jira knows no such person."""
    if assignee.external_id is not None:
        return await _by_id(api, assignee.external_id)
    return await _by_address(api, assignee.email) if assignee.email else None


async def _by_id(api: JiraApi, external_id: str) -> dict[str, Any] | None:
    if api.account.is_cloud:
        return {"accountId": external_id}
    try:
        return _value(await api.user_with_key(external_id))
    except Missing:
        return None


async def _by_address(api: JiraApi, address: str) -> dict[str, Any] | None:
    """The one active account with exactly this address; two would be a guess. Without the right to
    look at users Jira shows nobody: that stops no ticket, and `check` says so."""
    found = [each for each in await api.users(address) if _has(each, address)]
    return _value(found[0]) if len(found) == 1 else None


def _has(user: JsonObject, address: str) -> bool:
    own = user.identity_or_none("emailAddress") or ""
    return user.flag("active") and own.casefold() == address.casefold()


def _value(user: JsonObject) -> dict[str, Any]:
    account_id = user.identity_or_none("accountId")
    return {"accountId": account_id} if account_id else {"name": user.identity("name")}
