"""What was counted: of this process, or as it was served."""

import re
import urllib.request
from collections import Counter
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from noteai import metrics
from noteai.metrics.prometheus import Prometheus

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|[0-9a-f]{32}")
"""Of a job, an account, an upload or a file."""


@pytest.fixture
def measured() -> Iterator[CollectorRegistry]:
    """Where what is done meanwhile in this process is counted."""
    registry = CollectorRegistry()
    metrics.use(Prometheus(registry))
    try:
        yield registry
    finally:
        metrics.use(None)


def text_of(registry: CollectorRegistry) -> str:
    return generate_latest(registry).decode()


def served(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def values(text: str, name: str, *labels: str) -> Counter[tuple[str, ...]]:
    """Of the samples of a name, summed by the values of some labels; without zeros."""
    found: Counter[tuple[str, ...]] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name:
                key = tuple(sample.labels[each] for each in labels)
                found[key] += sample.value  # type: ignore[assignment]
    return +found


def value(text: str, name: str, **labels: str) -> float | None:
    """Of the one sample with just these labels."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None
