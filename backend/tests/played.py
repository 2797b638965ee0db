"""A service as its metrics show it: what processes would serve, moved on at each scrape."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product

from measured import METRICS, Metric, Origin
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.registry import Collector

from noteai.servers.process import LOOPBACK

_SPREAD = (0.4, 0.6, 1.2)
"""What is observed, in turn: most within the bucket le="1.0"."""


class Play(Collector):
    """Asked first at each scrape, and gives nothing of its own."""

    def __init__(self, registry: CollectorRegistry, origins: frozenset[Origin]) -> None:
        registry.register(self)
        self._step = 0
        self._instruments = [
            (name, metric, _made(name, metric, registry))
            for name, metric in METRICS.items()
            if metric.origin in origins
        ]

    def collect(self) -> Iterator[None]:  # type: ignore[override]
        self._step += 1
        for name, metric, made in self._instruments:
            for values in product(*metric.labels.values()):
                _move(name, made.labels(*values) if values else made, self._step)
        return iter(())

    def describe(self) -> Iterator[None]:
        return iter(())


@contextmanager
def service(workers: int = 2) -> Iterator[dict[str, list[str]]]:
    """Two APIs, which say the same of the database, and workers: the addresses by job."""
    with ExitStack() as stack:
        yield {
            "api": [_served(stack, "work", "api", "database") for _ in range(2)],
            "worker": [_served(stack, "work") for _ in range(workers)],
        }


def _served(stack: ExitStack, *origins: Origin) -> str:
    registry = CollectorRegistry()
    Play(registry, frozenset(origins))
    server, thread = start_http_server(0, LOOPBACK, registry)
    stack.callback(thread.join)
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    return f"{LOOPBACK}:{server.server_port}"


def _made(name: str, metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    kind = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}[metric.kind]
    made: Counter | Gauge | Histogram = kind(name, name, list(metric.labels), registry=registry)
    return made


def _move(name: str, instrument: Counter | Gauge | Histogram, step: int) -> None:
    if isinstance(instrument, Counter):
        instrument.inc()
    elif isinstance(instrument, Histogram):
        instrument.observe(_SPREAD[step % len(_SPREAD)])
    else:
        instrument.set(time.time() if name.endswith("_timestamp_seconds") else 3)
