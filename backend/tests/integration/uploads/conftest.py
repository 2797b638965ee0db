"""Uploads on a real database and a real object store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jobbing import Office
from sqlalchemy.orm import Session
from uploading import PART, Desk

from noteai.adapters.s3 import client, prepare_bucket
from noteai.adapters.s3_incoming import S3Incoming
from noteai.adapters.s3_store import S3Store
from noteai.database import Database
from noteai.servers.object_store import StoreAddress
from noteai.uploads.service import Intake, Limits


@pytest.fixture(scope="session")
def s3(object_store: StoreAddress) -> Iterator[Any]:
    made = client(
        endpoint=object_store.endpoint,
        region=object_store.region,
        access_key=object_store.access_key,
        secret_key=object_store.secret_key,
    )
    yield made
    made.close()


@pytest.fixture
def desk(database: Database, s3: Any, bucket: str) -> Desk:
    prepare_bucket(s3, bucket)
    told: list[UUID] = []

    def store(account: UUID) -> S3Store:
        return S3Store(s3, bucket, f"accounts/{account}/")

    def ended(session: Session, upload: UUID) -> None:
        told.append(upload)

    limits = Limits(max_size=3 * PART, account_uploads=5, life=3600, url_life=600)
    intake = Intake(S3Incoming(s3, bucket), store, limits, ended)
    return Desk(database, intake, s3, bucket, told)


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk.database)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Something for a stage to keep."""
    path = tmp_path / "picture.png"
    path.write_bytes(b"a picture")
    return path
