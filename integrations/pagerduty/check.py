"""What is wrong with a connection to PagerDuty, and what to click."""

from collections.abc import Mapping, Sequence

from integrations.contract import Denied, Finding, Missing, Need, Rejected
from integrations.pagerduty.act import RESOLVED, resolver_of
from integrations.pagerduty.ask import PagerDutyApi
from integrations.pagerduty.priorities import unreadable_in

INCIDENTS = Need("incidents.read", "to read incidents, and their logs")
SERVICES = Need("services.read", "to know the services that were paged for, and their teams")
USERS = Need("users.read", "to know who was paged, under their name and address")
TEAMS = Need("teams.read", "to know the teams")
RESOLVE = Need(
    "incidents.write",
    "to resolve an incident that was resolved here; only with `resolve = true`",
)
NEEDS = (INCIDENTS, SERVICES, USERS, TEAMS, RESOLVE)

_PROBES = (
    (INCIDENTS, "/incidents"),
    (INCIDENTS, "/log_entries"),
    (SERVICES, "/services"),
    (USERS, "/users"),
    (TEAMS, "/teams"),
)

_NOBODY = "NONE"
"""The id of no incident: what may be done can be asked without doing anything."""

_RENEW = (
    "PagerDuty does not accept the token. Make a new one: PagerDuty → Integrations → API Access "
    "Keys → Create New API Key; an account in the EU needs "
    'base_url = "https://api.eu.pagerduty.com".'
)
_LACKS = (
    "The token may not do this. An API access key of the account may (Integrations → API Access "
    "Keys); the key of a user may no more than that user: give them a role that sees it."
)
_READ_ONLY = (
    "The token may only read. PagerDuty → Integrations → API Access Keys → Create New API Key, "
    "without the tick at Read-only; or leave out resolve."
)
_FROM = (
    "PagerDuty knows no user of the address in `from`, or they may not resolve incidents. Name "
    "the e-mail address that a responder logs in with."
)


async def check(api: PagerDutyApi) -> Sequence[Finding]:
    """Whether the token is good, and has each right that these settings need."""
    findings = _of_settings(api)
    good = not await _is_refused(api, "/abilities", {})
    findings.append(Finding("token", good, "" if good else _RENEW))
    if not good:
        return findings
    refused = [need for need, path in _PROBES if await _is_refused(api, path, {"limit": "1"})]
    for need in (INCIDENTS, SERVICES, USERS, TEAMS):
        findings.append(Finding(need.scope, need not in refused, _LACKS * (need in refused)))
    by = resolver_of(api.connection)
    if by:
        advice = await _cannot_resolve(api, by)
        findings.append(Finding(RESOLVE.scope, not advice, advice))
    return findings


def _of_settings(api: PagerDutyApi) -> list[Finding]:
    settings = api.connection.settings
    odd = unreadable_in(api.connection)
    lacks = bool(settings.get("resolve")) and "from" not in settings
    faults = {
        "priorities": f"Say SEV1, SEV2, SEV3 or SEV4 of {', '.join(odd)}." * bool(odd),
        "from": "Name in whose name incidents are resolved: their e-mail address." * lacks,
    }
    return [Finding(subject, not fault, fault) for subject, fault in faults.items()]


async def _is_refused(api: PagerDutyApi, path: str, query: Mapping[str, str]) -> bool:
    """Whether PagerDuty refuses a question. 402 is of a plan that has no such thing."""
    try:
        await api.peek(path, query)
    except (Denied, Missing):
        return True
    except Rejected:
        return False
    return False


async def _cannot_resolve(api: PagerDutyApi, by: str) -> str:
    """What to click where incidents cannot be resolved; asked of one that is not there."""
    try:
        await api.set_status(_NOBODY, RESOLVED, by)
    except Missing:
        return ""
    except Denied:
        return _READ_ONLY
    except Rejected:
        return _FROM
    return ""
