"""The audits of npm's graphql-http: what the authors of the specification check of a server."""

import json

from tests.node import run_node
from tests.web.conftest import House
from tests.web.toys import TOKEN


async def test_every_audit_of_graphql_http_passes(house: House) -> None:
    audits = json.loads(await run_node("audit.mjs", house.graphql, TOKEN))
    assert len(audits) == 61
    assert [audit for audit in audits if audit["status"] != "ok"] == []
