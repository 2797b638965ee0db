"""A `Meter` by prometheus_client.

That decides at its import, by PROMETHEUS_MULTIPROC_DIR, whether figures are kept in memory or in
the files of a folder that processes share. So this is imported once that is settled.
"""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from noteai import __version__
from noteai.metrics import Labels
from noteai.metrics.families import FAMILIES, Family

disable_created_metrics()  # type: ignore[no-untyped-call]


class Prometheus:
    """Makes every family in `registry`; knows no other names."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._made = {each.name: _make(each, registry) for each in FAMILIES}
        self.put("noteai_build_info", 1.0, {"version": __version__})

    def add(self, name: str, amount: float, labels: Labels) -> None:
        self._child(name, labels).inc(amount)

    def observe(self, name: str, value: float, labels: Labels) -> None:
        self._child(name, labels).observe(value)

    def put(self, name: str, value: float, labels: Labels) -> None:
        self._child(name, labels).set(value)

    def expect(self, name: str, labels: Labels) -> None:
        self._child(name, labels)

    def _child(self, name: str, labels: Labels) -> Any:
        family = self._made[name]
        return family.labels(**labels) if labels else family


def _make(family: Family, registry: CollectorRegistry) -> Counter | Histogram | Gauge:
    about = (family.name, family.meaning, family.labels)
    if family.kind == "counter":
        return Counter(*about, registry=registry)
    if family.kind == "histogram":
        return Histogram(*about, registry=registry, buckets=family.buckets)
    if family.is_of_the_living:
        return Gauge(*about, registry=registry, multiprocess_mode="livesum")
    return Gauge(*about, registry=registry, multiprocess_mode="max")
