"""Which processes Prometheus scrapes."""

from collections.abc import Iterator

import played
import pytest


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, list[str]]]:
    """Addresses by the name of their job in prometheus.yml; here of a service that is played."""
    with played.service() as addresses:
        yield addresses
