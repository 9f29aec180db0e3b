"""How Jira is asked: the REST API of Cloud (version 3) and that of Data Center (version 2)."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.contract import Connection, Credential, Http, Secret
from integrations.jira.account import Account, account_of
from integrations.jira.translate import LABEL
from integrations.payload import JsonObject, as_object, read_object

PAGE_SIZE = 50

FIELDS = "summary,status,resolution,labels,assignee,duedate,priority,created,updated"
"""What is told of a ticket."""

_READ_TWICE = 10
"""How many of a page Data Center gives again on the next one: it counts from the beginning, so a
ticket that moved to the end meanwhile would hide another."""

_LISTED_LIMIT = 1_000
_COMMENTS = 50
_TOKEN_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """A page of issues, each to be read by itself; `after` is where the next one begins."""

    issues: Sequence[Any]
    after: str | None


def credential(connection: Connection) -> Credential:
    """The headers of every request: Cloud takes an address and a token, Data Center a token."""
    token = connection.secrets.get("token")
    if token is None:
        return Credential({})
    if not account_of(connection).is_cloud:
        return Credential({"authorization": Secret(f"Bearer {token.value}")})
    email = connection.settings.get("email", "")
    pair = base64.b64encode(f"{email}:{token.value}".encode()).decode()
    return Credential({"authorization": Secret(f"Basic {pair}")})


@dataclass(frozen=True, slots=True)
class JiraApi:
    """The REST API of one site."""

    account: Account
    http: Http

    async def search(self, jql: str, after: str | None = None) -> Found:
        """A page of what a query finds, with what ever changed of each."""
        query = {
            "jql": jql,
            "fields": FIELDS,
            "expand": "changelog",
            "properties": LABEL,
            "maxResults": str(PAGE_SIZE),
        }
        if self.account.is_cloud:
            token = {"nextPageToken": after} if after else {}
            page = await self._get("/search/jql", {**query, **token})
            last = page.flag("isLast")
            following = None if last else page.identity_or_none("nextPageToken", _TOKEN_LIMIT)
            return Found(page.items("issues", PAGE_SIZE), following)
        start = int(after or 0)
        page = await self._get("/search", {**query, "startAt": str(start)})
        issues = page.items("issues", PAGE_SIZE)
        end = start + len(issues)
        more = issues and end < page.whole("total")
        return Found(issues, str(max(start + 1, end - _READ_TWICE)) if more else None)

    async def issue(self, issue: str) -> JsonObject:
        """One issue as it is now, with what ever changed of it."""
        query = {"fields": FIELDS, "expand": "changelog", "properties": LABEL}
        return await self._get(_of(issue), query)

    async def editable(self, issue: str) -> JsonObject:
        """One issue with its description, and with what may be changed of it."""
        query = {"fields": f"{FIELDS},description", "expand": "editmeta"}
        return await self._get(_of(issue), query)

    async def create(self, fields: Mapping[str, Any], marker: str) -> str:
        """Create an issue, and say its id."""
        properties = [{"key": LABEL, "value": {"marker": marker}}]
        body = {"fields": fields, "properties": properties}
        reply = await self.http.send("POST", self._path("/issue"), body)
        return read_object(reply.body).identity("id")

    async def edit(self, issue: str, fields: Mapping[str, Any]) -> None:
        """Set fields of an issue."""
        await self.http.send("PUT", self._path(_of(issue)), {"fields": fields})

    async def transitions(self, issue: str) -> Sequence[JsonObject]:
        """What may be done with an issue now, with the fields that each asks for."""
        query = {"expand": "transitions.fields"}
        answer = await self._get(f"{_of(issue)}/transitions", query)
        return answer.objects("transitions", _LISTED_LIMIT)

    async def transition(self, issue: str, body: Mapping[str, Any]) -> None:
        """Take an issue from one status to another."""
        await self.http.send("POST", self._path(f"{_of(issue)}/transitions"), body)

    async def comments(self, issue: str) -> Sequence[JsonObject]:
        """The newest comments on an issue."""
        query = {"orderBy": "-created", "maxResults": str(_COMMENTS)}
        answer = await self._get(f"{_of(issue)}/comment", query)
        return answer.objects("comments", _COMMENTS)

    async def comment(self, issue: str, prose: Any) -> None:
        """Comment on an issue."""
        await self.http.send("POST", self._path(f"{_of(issue)}/comment"), {"body": prose})

    async def users(self, address: str) -> Sequence[JsonObject]:
        """Who may have an address; it is searched for in names, too."""
        by = "query" if self.account.is_cloud else "username"
        return await self._list("/user/search", {by: address})

    async def user_with_key(self, key: str) -> JsonObject:
        """Somebody on Data Center, by the key that outlives their name.

        Raises:
            Missing: nobody has it.
        """
        return await self._get("/user", {"key": key})

    async def myself(self) -> JsonObject:
        """Whose token it is."""
        return await self._get("/myself")

    async def permissions(self, project: str, names: Sequence[str]) -> JsonObject:
        """Which of these permissions the token has in a project.

        Raises:
            Missing: there is no such project for it.
        """
        query = {"projectKey": project, "permissions": ",".join(names)}
        return (await self._get("/mypermissions", query)).object("permissions")

    async def types(self, project: str) -> Sequence[JsonObject]:
        """The types of issues that can be created in a project."""
        answer = await self._get(f"/issue/createmeta/{quote(project, safe='')}/issuetypes")
        return _listed(answer, "issueTypes")

    async def screen(self, project: str, type_id: str) -> Sequence[JsonObject]:
        """The fields that can be set when an issue of a type is created."""
        place = f"/issue/createmeta/{quote(project, safe='')}/issuetypes/{quote(type_id, safe='')}"
        return _listed(await self._get(place, {"maxResults": "200"}), "fields")

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> JsonObject:
        return read_object((await self.http.get(self._path(path), query=query)).body)

    async def _list(self, path: str, query: Mapping[str, str]) -> Sequence[JsonObject]:
        answer = (await self.http.get(self._path(path), query=query)).json()
        return as_object({"list": answer}, "").objects("list", _LISTED_LIMIT)

    def _path(self, path: str) -> str:
        return f"/rest/api/{3 if self.account.is_cloud else 2}{path}"


def _of(issue: str) -> str:
    return f"/issue/{quote(issue, safe='')}"


def _listed(answer: JsonObject, name: str) -> Sequence[JsonObject]:
    """A list under the name that Cloud has for it; Data Center calls every list `values`."""
    return answer.objects(name if answer.has(name) else "values", _LISTED_LIMIT)
