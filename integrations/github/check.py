"""What is wrong with a connection to GitHub, and what to click."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from integrations.contract import Connection, Denied, Finding, Http, Missing, Need, Rejected
from integrations.github.act import OF_APP, headers_for
from integrations.github.app import is_app
from integrations.github.ask import GitHubApi
from integrations.github.poll import repositories_of, webhooks_of
from integrations.github.production import production_of, unreadable_in

CONTENTS = Need("contents: read", "to see which commits a deployment brought")
DEPLOYMENTS = Need("deployments: read", "to read deployments and how they went")
PULL_REQUESTS = Need("pull requests: read", "to read what was changed, and by whom")
ACTIONS = Need("actions: read", "to read the runs of a workflow that deploys; else not needed")
WEBHOOKS = Need(
    "webhooks: read and write",
    "to ask again for deliveries that failed; only where the setting `webhooks` names some",
)
NEEDS = (CONTENTS, DEPLOYMENTS, PULL_REQUESTS, ACTIONS, WEBHOOKS)

_CLASSIC = {
    CONTENTS: "repo",
    DEPLOYMENTS: "repo_deployment",
    PULL_REQUESTS: "repo",
    ACTIONS: "repo",
    WEBHOOKS: "admin:repo_hook (admin:org_hook for an organisation's)",
}


@dataclass(frozen=True, slots=True)
class _Probe:
    """A question about a repository or a webhook, answered only to who has the right there."""

    need: Need
    place: str
    path: str
    query: Mapping[str, str] = field(default_factory=lambda: {"per_page": "1"})
    headers: Mapping[str, str] = field(default_factory=dict)


async def check(connection: Connection, http: Http) -> Sequence[Finding]:
    """Whether the token is good, and has each right at each repository."""
    api = GitHubApi(connection, http)
    findings = _of_settings(connection)
    # Without a token GitHub answers too: to anybody, and of what is public.
    named = not connection.secrets.keys().isdisjoint({"token", "app_key"})
    good = named and await _refusal(api, _TOKEN) is None
    findings.append(Finding("token", good, "" if good else _RENEW))
    if good:
        findings += await _of_rights(api, connection)
    return findings


_TOKEN = _Probe(CONTENTS, "token", "/rate_limit", {})

_RENEW = (
    "GitHub does not accept the token, or there is none. Make a new one: github.com → your picture "
    "→ Settings → Developer settings → Personal access tokens → Fine-grained tokens → Generate new "
    "token; or name an App by app, installation and app_key."
)


def _of_settings(connection: Connection) -> list[Finding]:
    base = connection.base_url
    of_nobody = OF_APP in webhooks_of(connection) and not is_app(connection)
    faults = {
        "repositories": 'Name at least one repository: repositories = ["acme/shop"].'
        * (not repositories_of(connection)),
        "webhooks": f"{OF_APP} is a GitHub App's: name it by app and app_key." * of_nobody,
        "base_url": f"Name {base.removesuffix('/v3')} instead: GraphQL is not below /v3."
        * base.endswith("/api/v3"),
        "production": "Say one of environment, workflow or releases = true of "
        f"{', '.join(unreadable_in(connection))}." * bool(unreadable_in(connection)),
    }
    return [Finding(subject, not fault, fault) for subject, fault in faults.items()]


async def _of_rights(api: GitHubApi, connection: Connection) -> list[Finding]:
    """One finding for each right that these settings need."""
    advise = _advice_for(connection)
    lacking: dict[Need, list[str]] = {}
    for probe in [*_probes(connection), *_probes_of_webhooks(api)]:
        places = lacking.setdefault(probe.need, [])
        if await _refusal(api, probe):
            places.append(probe.place)
    return [
        Finding(need.scope, not places, advise(need, places) if places else "")
        for need, places in lacking.items()
    ]


def _probes(connection: Connection) -> list[_Probe]:
    probes = []
    for name in repositories_of(connection):
        root = f"/repos/{name}"
        probes += [
            _Probe(CONTENTS, name, f"{root}/commits"),
            _Probe(DEPLOYMENTS, name, f"{root}/deployments"),
            _Probe(PULL_REQUESTS, name, f"{root}/pulls"),
        ]
        workflow = production_of(name, (connection,)).workflow
        if workflow:
            probes.append(_Probe(ACTIONS, name, f"{root}/actions/workflows/{workflow}/runs"))
    return probes


def _probes_of_webhooks(api: GitHubApi) -> list[_Probe]:
    return [
        _Probe(WEBHOOKS, each, f"/{each}/deliveries", headers=headers_for(api, each))
        for each in webhooks_of(api.connection)
        if each != OF_APP or is_app(api.connection)
    ]


async def _refusal(api: GitHubApi, probe: _Probe) -> Denied | Missing | None:
    """How GitHub refuses a question; None where it answers. 409 is of an empty repository."""
    try:
        await api.get(probe.path, probe.query, probe.headers)
    except (Denied, Missing) as error:
        return error
    except Rejected:
        return None
    return None


def _advice_for(connection: Connection) -> Callable[[Need, Sequence[str]], str]:
    """What to click, by the kind of token, which its first letters tell."""
    token = connection.secrets.get("token")
    match token.value.partition("_")[0] if token else "ghs":
        case "ghp":
            return _for_classic
        case "ghs":
            return _for_app
        case _:
            return _for_fine_grained


def _for_classic(need: Need, places: Sequence[str]) -> str:
    return (
        f"At {', '.join(places)}: github.com → Settings → Developer settings → Tokens (classic) → "
        f"the token → tick {_CLASSIC[need]} → Update; and, for an organisation with single "
        "sign-on, Configure SSO → Authorize."
    )


def _for_app(need: Need, places: Sequence[str]) -> str:
    return (
        f"At {', '.join(places)}: the App's settings → Permissions & events → Repository "
        f"permissions → {need.scope}; then, at the organisation, Settings → GitHub Apps → "
        "Configure → Repository access, and accept the new permission."
    )


def _for_fine_grained(need: Need, places: Sequence[str]) -> str:
    return (
        f"At {', '.join(places)}: github.com → Settings → Developer settings → Fine-grained "
        "tokens → the token → Edit: choose the repository under Repository access, and, under "
        f"Repository permissions, {need.scope}."
    )
