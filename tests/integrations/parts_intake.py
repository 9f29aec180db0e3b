"""What the intake is tried with: its three dialects."""

import json
from typing import Any

import pytest

from integrations.contract import Headers
from integrations.intake import plugin
from integrations.testing import Fixture, Vendor
from tests.integrations.signing import bearer

STRUCTURED = {b"content-type": (b"application/cloudevents+json",)}


def webhooks(request: pytest.FixtureRequest) -> Vendor:
    ours, argocd, cdevent, cloudevent = map(
        request.getfixturevalue, ("intake", "argocd", "cdevent", "cloudevent")
    )
    bodies: dict[str, tuple[Headers, Any]] = {
        "our own": ({}, ours),
        "Argo CD": ({b"content-type": (b"application/json",)}, argocd),
        "binary": (_binary(cdevent["context"]), cdevent),
        "structured": (STRUCTURED, cloudevent),
        "of another type": (STRUCTURED, {**cloudevent, "type": "com.example.other"}),
    }
    fixtures = [
        Fixture(name, headers, json.dumps(body).encode())
        for name, (headers, body) in bodies.items()
    ]
    return Vendor(plugin, bearer, fixtures, signs_body=False)


def _binary(context: dict[str, str]) -> Headers:
    return {
        b"ce-specversion": (b"1.0",),
        b"ce-id": (context["id"].encode(),),
        b"ce-source": (context["source"].encode(),),
        b"ce-type": (context["type"].encode(),),
        b"content-type": (b"application/cdevents+json",),
    }


PARTS = (webhooks,)
