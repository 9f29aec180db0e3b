"""The weights of the attribution model: one small file, checked when it is read.

The shipped weights are a prior set by hand from what is published about incidents and changes;
they have not been fitted to outcomes. Fitted weights replace the file, not the code.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from itertools import pairwise

from server.term import Term

WINDOW = timedelta(days=7)
"""How long before the onset a deployment may lie and still be a candidate."""

MAX_WEIGHT = 20.0
"""The largest weight that is taken seriously: e^20 is certainty, more is a slip of the pen."""


class Factor(Term):
    """What speaks for or against a deployment."""

    LAG = "LAG", "How long before the incident it went out."
    SERVICE_AFFECTED = "SERVICE_AFFECTED", "It runs on an affected service."
    SERVICE_DEPENDENCY_1 = "SERVICE_DEPENDENCY_1", "An affected service depends on its service."
    SERVICE_DEPENDENCY_2 = "SERVICE_DEPENDENCY_2", "Its service is two dependencies away."
    SERVICE_DEPENDENCY_3 = "SERVICE_DEPENDENCY_3", "Its service is three or more away."
    SERVICE_DEPENDENT = "SERVICE_DEPENDENT", "Its service depends on an affected one."
    SERVICE_UNRELATED = "SERVICE_UNRELATED", "No known dependency leads to its service."
    SERVICE_UNKNOWN = "SERVICE_UNKNOWN", "It is not known on which service it runs."
    NOT_PRODUCTION = "NOT_PRODUCTION", "It went to an environment that users do not meet."
    NEWEST_OF_SERVICE = "NEWEST_OF_SERVICE", "It was its service's newest at the onset."
    SUPERSEDED = "SUPERSEDED", "A newer deployment had replaced it by the onset."
    OUT_OF_ORDER = "OUT_OF_ORDER", "A pull request that it needs was not deployed yet."
    SCHEMA_CHANGE = "SCHEMA_CHANGE", "A title speaks of taking away a part of a schema."
    MIGRATION = "MIGRATION", "A title speaks of a migration."
    SIZE = "SIZE", "How much it changes, against a usual deployment."
    SHARED_WORDS = "SHARED_WORDS", "Its titles share words with the incident."
    ROLLING_OUT = "ROLLING_OUT", "It was rolling out at the onset."
    FAILED = "FAILED", "It did not come up, so it hardly reached users."
    ROLLBACK_RECOVERED = "ROLLBACK_RECOVERED", "It was rolled back, and the incident recovered."
    ROLLBACK_UNSETTLED = "ROLLBACK_UNSETTLED", "It was rolled back; what that did is not known."
    ROLLBACK_NOT_RECOVERED = "ROLLBACK_NOT_RECOVERED", "Rolling it back did not end the incident."
    ROLLED_BACK_BEFORE = "ROLLED_BACK_BEFORE", "It was rolled back before the onset."
    IS_ROLLBACK = "IS_ROLLBACK", "It is itself a rollback."


class WeightsError(ValueError):
    """The weights file cannot be used; the message says which entry and why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model: its name, the score of "no recorded deployment", and the weight of each factor.

    All scores are log-odds. `lag` holds upper bounds and their scores, shortest first.
    """

    model: str
    none: float
    lag: tuple[tuple[timedelta, float], ...]
    features: Mapping[Factor, float]

    def of_lag(self, lag: timedelta) -> float:
        """The score of a lag; beyond the last bound it is the last bound's."""
        return next((score for bound, score in self.lag if lag <= bound), self.lag[-1][1])


def parse_weights(text: str) -> Weights:
    """Read and check weights.

    Raises:
        WeightsError: not JSON of this shape, a factor missing, unknown or out of range, or lag
            bounds that are not ascending or end before the window does.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise WeightsError(f"attribution weights are not JSON: {error}") from error
    expected = {"model", "none", "lag_minutes", "features"}
    if not isinstance(data, dict) or data.keys() != expected:
        raise WeightsError(f"attribution weights need exactly {sorted(expected)}")
    if not isinstance(data["model"], str) or not data["model"]:
        raise WeightsError("attribution weights: model must be a name")
    return Weights(
        data["model"],
        _number("none", data["none"]),
        _lag(data["lag_minutes"]),
        _features(data["features"]),
    )


def _features(data: object) -> Mapping[Factor, float]:
    """A weight for each factor but the lag, which has bins instead."""
    expected = set(Factor) - {Factor.LAG}
    given = set(data) if isinstance(data, dict) else set()
    if not isinstance(data, dict) or given != expected:
        odd = ", ".join(sorted(given ^ expected))
        raise WeightsError(f"attribution weights: features missing or unknown: {odd}")
    return {factor: _number(factor, data[factor]) for factor in Factor if factor in expected}


def _lag(data: object) -> tuple[tuple[timedelta, float], ...]:
    """Bins that cover the whole window."""
    if not isinstance(data, list) or not all(isinstance(b, list) and len(b) == 2 for b in data):
        raise WeightsError("attribution weights: lag_minutes must be [[minutes, score], …]")
    minutes = [_number("lag_minutes", bound, limit=math.inf) for bound, _ in data]
    if any(later <= earlier for earlier, later in pairwise([0.0, *minutes])):
        raise WeightsError("attribution weights: lag_minutes must ascend from above 0")
    if not minutes or minutes[-1] * 60 < WINDOW.total_seconds():
        raise WeightsError(f"attribution weights: lag_minutes must reach {WINDOW}")
    scores = [_number("lag_minutes", score) for _, score in data]
    return tuple((timedelta(minutes=m), s) for m, s in zip(minutes, scores, strict=True))


def _number(name: str, value: object, limit: float = MAX_WEIGHT) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise WeightsError(f"attribution weights: {name} must be a number, not {value!r}")
    if abs(value) > limit:
        raise WeightsError(f"attribution weights: {name} must lie within ±{limit:g}")
    return float(value)


def _shipped() -> Weights:
    file = resources.files("server.domain").joinpath("attribution_weights.json")
    return parse_weights(file.read_text("utf-8"))


WEIGHTS = _shipped()
"""The weights that ship with the product."""
