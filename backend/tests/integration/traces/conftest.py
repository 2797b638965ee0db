"""A whole service of processes, and the collector that they send their spans to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from collecting import collecting
from crew import Site
from traced import Traced, answer

from noteai.client import Client
from noteai.database import Database
from noteai.servers.object_store import StoreAddress
from noteai.servers.process import free_port


@pytest.fixture
def site(
    database: Database, redis_url: str, tmp_path: Path, object_store: StoreAddress, bucket: str
) -> Iterator[Site]:
    site = Site(database, redis_url, tmp_path)
    site.variables = {
        "NOTEAI_S3_ENDPOINT": object_store.endpoint,
        "NOTEAI_S3_BUCKET": bucket,
        "NOTEAI_S3_ACCESS_KEY": object_store.access_key,
        "NOTEAI_S3_SECRET_KEY": object_store.secret_key,
    }
    try:
        yield site
    finally:
        site.close()
        print(site.logs())  # noqa: T201 - shown where a test fails


@pytest.fixture
def client(site: Site) -> Iterator[Client]:
    """Of an API that is started when it is first asked to be there."""
    with Client(f"http://127.0.0.1:{free_port()}") as made:
        yield made


@pytest.fixture
def traced(site: Site, client: Client) -> Iterator[Traced]:
    with collecting() as collector:
        site.variables = {**site.variables, "NOTEAI_OTLP_ENDPOINT": collector.url}
        answer(site, client)
        yield Traced(site, client, collector)
        site.close()
