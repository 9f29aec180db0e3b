"""Records of the fake GitHub: a deployment, a pull request, a release, a run, a delivery."""

from datetime import UTC, datetime, timedelta
from typing import Any

ADA = {"type": "User", "__typename": "User", "login": "ada", "databaseId": 41}
ROBOT = {"type": "Bot", "login": "shipper[bot]", "databaseId": 42}
START = datetime(2026, 1, 1, tzinfo=UTC)


def at(minutes: float) -> str:
    """A time, in minutes since the start of the year, as GitHub writes it."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def sha(number: int) -> str:
    return f"{number:040x}"


def deployment(number: int, *states: str, **others: Any) -> dict[str, Any]:
    """It deploys commit `number` at minute `number`, and is in a new state every second."""
    minute = others.pop("minute", number)
    statuses = [
        {
            "id": f"DES_{number}_{index}",
            "state": state,
            "createdAt": at(minute + (index + 1) / 60),
            "environment": None,
            "logUrl": f"https://ci.example.com/runs/{number}",
        }
        for index, state in enumerate(states)
    ]
    return {
        "id": f"DE_{number:06}",
        "databaseId": number,
        "commitOid": sha(number),
        "createdAt": at(minute),
        "environment": "production",
        "originalEnvironment": "production",
        "ref": {"name": "main"},
        "creator": ADA,
        "statuses": {"nodes": statuses[::-1]},
        **others,
    }


def pull_request(number: int, **others: Any) -> dict[str, Any]:
    """It was merged as commit `number` half a minute before minute `number`."""
    return {
        "number": number,
        "title": f"Change {number}",
        "body": "",
        "url": f"https://github.com/acme/shop/pull/{number}",
        "additions": 3,
        "deletions": 1,
        "changedFiles": 2,
        "headRefName": "topic",
        "updatedAt": at(number - 0.5),
        "mergedAt": at(number - 0.5),
        "mergeCommit": {"oid": sha(number)},
        "author": ADA,
        "mergedBy": ROBOT,
        "files": {"nodes": [{"path": "shop/cart.py", "additions": 3, "deletions": 1}]},
        "reviews": {"nodes": [review(number)]},
        **others,
    }


def review(number: int, state: str = "APPROVED", **others: Any) -> dict[str, Any]:
    """It was handed in a minute before minute `number`."""
    submitted_at = None if state == "PENDING" else at(number - 1)
    return {
        "id": f"PRR_{number}",
        "state": state,
        "submittedAt": submitted_at,
        "author": ADA,
        **others,
    }


def release(number: int, **others: Any) -> dict[str, Any]:
    return {
        "databaseId": number,
        "tagName": f"v{number}",
        "isDraft": False,
        "isPrerelease": False,
        "createdAt": at(number),
        "publishedAt": at(number),
        "url": f"https://github.com/acme/shop/releases/tag/v{number}",
        "tagCommit": {"oid": sha(number)},
        "author": ADA,
        **others,
    }


def run(number: int, conclusion: str | None = "success", **others: Any) -> dict[str, Any]:
    """A run of the workflow at minute `number`, which takes half a minute."""
    return {
        "id": number,
        "head_sha": sha(number),
        "head_branch": "main",
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "run_attempt": 1,
        "created_at": at(number),
        "run_started_at": at(number),
        "updated_at": at(number + 0.5),
        "html_url": f"https://github.com/acme/shop/actions/runs/{number}",
        "triggering_actor": {"login": "ada", "id": 41, "type": "User"},
        **others,
    }


def delivery(number: int, status_code: int = 502, **others: Any) -> dict[str, Any]:
    return {
        "id": number,
        "guid": f"guid-{number}",
        "redelivery": False,
        "status_code": status_code,
        "event": "push",
        "delivered_at": at(number),
        **others,
    }
