"""What the server counts of itself, in the format of Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from schema.engine.compiler import Tally


def exposition(tally: Tally) -> Callable[[], bytes]:
    """What gives the text of all metrics as they are when it is asked."""
    registry = CollectorRegistry()
    registry.register(_Operations(tally))
    return lambda: generate_latest(registry)


class _Operations(Collector):
    """Queries by how they were answered; those left to the resolvers cost ten times as much."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counters."""
        about = "Queries by how they were answered."
        counted = CounterMetricFamily("whychain_queries", about, labels=["by"])
        counted.add_metric(["statement"], self._tally.compiled)
        counted.add_metric(["resolvers"], self._tally.left)
        yield counted
