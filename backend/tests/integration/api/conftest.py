"""The whole application on a real database, with jobs that nobody works on but the test."""

from collections.abc import Iterator
from typing import Any

import pytest
from jobbing import WORKFLOWS, Office
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from noteai.adapters.redis_events import RedisPublisher
from noteai.adapters.s3 import client as s3_client
from noteai.adapters.s3_incoming import S3Incoming
from noteai.adapters.s3_store import S3Store
from noteai.api.app import create_app
from noteai.api.services import ApiServices
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.jobs.service import uploads_finished
from noteai.servers.object_store import StoreAddress
from noteai.uploads.service import Intake, Limits


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture(scope="session")
def s3(object_store: StoreAddress) -> Iterator[Any]:
    made = s3_client(
        endpoint=object_store.endpoint,
        region=object_store.region,
        access_key=object_store.access_key,
        secret_key=object_store.secret_key,
    )
    yield made
    made.close()


@pytest.fixture
def services(database: Database, redis_url: str, s3: Any, bucket: str) -> Iterator[ApiServices]:
    publish = RedisPublisher(redis_url)
    journal = Journal(publish)

    def ended(session: Session, upload: Any) -> None:
        uploads_finished(session, journal, upload, WORKFLOWS)

    def store(account: object) -> S3Store:
        return S3Store(s3, bucket, f"accounts/{account}/")

    limits = Limits(max_size=1 << 20, account_uploads=5, life=3600, url_life=600)
    intake = Intake(S3Incoming(s3, bucket), store, limits, ended)
    yield ApiServices(database, journal, store, intake, redis_url, workflows=WORKFLOWS)
    publish.close()


@pytest.fixture
def api(services: ApiServices) -> Iterator[TestClient]:
    app = create_app(services)
    with TestClient(
        app, base_url="http://localhost/api/v1", raise_server_exceptions=False
    ) as client:
        yield client
