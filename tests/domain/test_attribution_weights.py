"""The weights of attribution: shipped as they stand, and refused where they cannot be used."""

import json
import math
from importlib import resources

import pytest

from server.domain.attribution import (
    WINDOW,
)
from server.domain.attribution_weights import WEIGHTS, WeightsError, parse_weights

SHIPPED = json.loads(
    resources.files("server.domain").joinpath("attribution_weights.json").read_text("utf-8")
)


def test_the_shipped_weights_are_read_as_they_stand() -> None:
    assert parse_weights(json.dumps(SHIPPED)) == WEIGHTS


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"model": ""}, "model must be a name"),
        ({"none": "3"}, "none must be a number"),
        ({"none": True}, "none must be a number"),
        ({"none": 21}, "within ±20"),
        ({"none": math.nan}, "none must be a number"),
        ({"features": {}}, "SERVICE_AFFECTED"),
        ({"features": {**SHIPPED["features"], "WEATHER": 1}}, "missing or unknown: WEATHER"),
        ({"features": {**SHIPPED["features"], "LAG": 1}}, "missing or unknown: LAG"),
        ({"lag_minutes": [[15, 1], [15, 2], [10080, 0]]}, "must ascend"),
        ({"lag_minutes": [[0, 1], [10080, 0]]}, "must ascend"),
        ({"lag_minutes": [[10079, 1]]}, f"must reach {WINDOW}"),
        ({"lag_minutes": []}, "must reach"),
        ({"lag_minutes": [[10080]]}, r"must be \[\[minutes, score\]"),
        ({"extra": 1}, "need exactly"),
    ],
)
def test_weights_that_cannot_be_used_say_why(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(WeightsError, match=complaint):
        parse_weights(json.dumps(SHIPPED | change))


def test_weights_that_are_not_json_say_so() -> None:
    with pytest.raises(WeightsError, match="not JSON"):
        parse_weights("{")
