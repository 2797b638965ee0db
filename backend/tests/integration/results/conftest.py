from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from made_lecture import Keep
from starlette.testclient import TestClient

from noteai.accounts.models import LOCAL
from noteai.adapters.s3 import client
from noteai.adapters.s3_store import S3Store
from noteai.api import errors
from noteai.database import Database
from noteai.engine.artifact import FileRef
from noteai.jobs import endpoints as jobs
from noteai.jobs.journal import Journal
from noteai.live import endpoints as live
from noteai.results import endpoints
from noteai.servers.object_store import StoreAddress
from noteai.settings import ServiceSettings
from noteai.workflows import WORKFLOWS


@pytest.fixture
def store(object_store: StoreAddress, bucket: str) -> S3Store:
    there = client(
        endpoint=object_store.endpoint,
        access_key=object_store.access_key,
        secret_key=object_store.secret_key,
    )
    return S3Store(there, bucket, f"accounts/{LOCAL}/")


@pytest.fixture
def keep(store: S3Store, tmp_path: Path) -> Keep:
    def kept(content: bytes, media_type: str) -> FileRef:
        path = tmp_path / "kept"
        path.write_bytes(content)
        return store.put(path, media_type)

    return kept


@pytest.fixture
def api(database: Database, redis_url: str, store: S3Store, tmp_path: Path) -> Iterator[TestClient]:
    app = FastAPI()
    for each in (endpoints, jobs, live):
        app.include_router(each.router, prefix="/api/v1")
    errors.install(app)
    services: Any = SimpleNamespace(
        database=database,
        journal=Journal(lambda *_: None),
        workflows=WORKFLOWS,
        redis_url=redis_url,
        store=lambda account: store,
        uploads=SimpleNamespace(download=None),
        service=ServiceSettings(),
        scratch=tmp_path,
    )
    app.state.services = services
    with TestClient(app) as opened:
        yield opened
