"""What PagerDuty's integration is tried with."""

import json

import pytest

from integrations.pagerduty import plugin
from integrations.testing import Fixture, Vendor
from tests.integrations.signing import signed

SIGN = signed(b"x-pagerduty-signature", b"v1")


def webhooks(request: pytest.FixtureRequest) -> Vendor:
    headers = {b"x-webhook-id": (b"of-the-delivery",)}
    bodies = {name: request.getfixturevalue(name) for name in ("page", "note")}
    fixtures = [Fixture(name, headers, json.dumps(body).encode()) for name, body in bodies.items()]
    return Vendor(plugin, SIGN, fixtures)


PARTS = (webhooks,)
