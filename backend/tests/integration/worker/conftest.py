from collections.abc import Iterator
from pathlib import Path

import pytest
from crew import Site

from noteai.database import Database


@pytest.fixture
def site(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """A service without workers yet; every one that is hired is gone after the test."""
    site = Site(database, redis_url, tmp_path)
    try:
        yield site
    finally:
        site.close()
        print(site.logs())  # noqa: T201 - shown where a test fails
