"""What the server counts of itself, in the format of Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from schema.engine.compiler import Tally
from server.live.hub import Hub


def exposition(tally: Tally, hub: Hub) -> Callable[[], bytes]:
    """What gives the text of all metrics as they are when it is asked."""
    registry = CollectorRegistry()
    registry.register(_Operations(tally))
    registry.register(_Live(hub))
    return lambda: generate_latest(registry)


class _Live(Collector):
    """Who follows what: subscribers of one group cost one execution for each event together."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges."""
        about = "Subscriptions that are open."
        yield GaugeMetricFamily("whychain_subscribers", about, self._hub.subscribers)
        about = "Different things that are told to them."
        yield GaugeMetricFamily("whychain_subscription_groups", about, self._hub.groups)


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
