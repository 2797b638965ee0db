"""The servers that the environment names, well and ill."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import create_engine, text

from noteai.adapters.s3 import StoreRefused
from noteai.doctor import Ground, servers
from noteai.doctor.checks import BROKER, DATABASE, STORE
from noteai.doctor.finding import ServerAway
from noteai.servers import object_store as store_server
from noteai.servers.object_store import StoreAddress
from noteai.servers.process import free_port
from noteai.settings import Settings


def ground(**named: Any) -> Ground:
    return Ground(Settings(**named), Path("/nowhere"))


def store_of(address: StoreAddress, bucket: str, **other: Any) -> Ground:
    named = {
        "s3_endpoint": address.endpoint, "s3_bucket": bucket, "s3_region": address.region,
        "s3_access_key": address.access_key, "s3_secret_key": address.secret_key,
    }  # fmt: skip
    return ground(**{**named, **other})


def objects(address: StoreAddress, bucket: str) -> list[Any]:
    """What is in the bucket, finished and not."""
    with closing(store_server.client(address)) as client:
        there = client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [*there, *client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def forgetful(redis_url: str) -> Iterator[str]:
    """A Redis as a cache has it."""
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        yield redis_url
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendonly", "yes")


def test_a_migrated_database_is_well(database_url: str) -> None:
    for check in DATABASE.values():
        assert check(ground(database_url=database_url)).state == "ok", check


def test_a_database_without_tables_is_to_be_migrated(postgres: str) -> None:
    found = servers.migrations(ground(database_url=postgres))
    assert (found.state, found.what) == ("failure", "The database has no tables.")
    assert "noteai migrate" in found.remedy


def test_a_database_of_an_older_version_is_to_be_migrated(database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '20261121_1210'")
    found = servers.migrations(ground(database_url=database_url))
    assert found.state == "failure"
    assert "20261121_1210" in found.what
    assert "noteai migrate" in found.remedy


def test_a_database_of_a_newer_version_wants_a_newer_noteai(database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '20990101_0000'")
    found = servers.migrations(ground(database_url=database_url))
    assert found.state == "failure"
    assert "newer" in found.remedy


def test_a_database_that_is_not_there_is_said_with_its_reason() -> None:
    url = f"postgresql+psycopg2://noteai:secret@127.0.0.1:{free_port()}/noteai"
    for check in DATABASE.values():
        with pytest.raises(ServerAway, match="refused") as raised:
            check(ground(database_url=url))
        assert "secret" not in raised.value.message


def test_a_redis_that_keeps_everything_is_well(redis_url: str) -> None:
    for check in BROKER.values():
        assert check(ground(redis_url=redis_url)).state == "ok", check


def test_a_redis_that_throws_keys_out_or_forgets_is_seen(forgetful: str) -> None:
    evicting = servers.eviction(ground(redis_url=forgetful))
    assert evicting.state == "failure"
    assert "allkeys-lru" in evicting.what
    assert "noeviction" in evicting.remedy
    assert servers.persistence(ground(redis_url=forgetful)).state == "warning"


def test_a_redis_that_is_not_there_or_wants_a_password_is_said(redis_url: str) -> None:
    address = redis_url.rpartition("@")[2]
    for url in (f"redis://127.0.0.1:{free_port()}/0", f"redis://:wrong@{address}"):
        with pytest.raises(ServerAway) as raised:
            servers.broker(ground(redis_url=url))
        assert "NOTEAI_REDIS_URL" in raised.value.remedy


def test_a_store_is_well_and_nothing_is_left_in_it(object_store: StoreAddress, bucket: str) -> None:
    for check in STORE.values():
        assert check(store_of(object_store, bucket)).state == "ok", check
    assert objects(object_store, bucket) == []


@pytest.mark.parametrize(
    "other", [{"s3_secret_key": "wrong"}, {"s3_access_key": "nobody"}, {"s3_bucket": "no-such"}]
)
def test_wrong_keys_and_a_missing_bucket_are_refused(
    object_store: StoreAddress, bucket: str, other: dict[str, str]
) -> None:
    for check in STORE.values():
        with pytest.raises(StoreRefused) as raised:
            check(store_of(object_store, bucket, **other))
        assert "NOTEAI_S3_" in raised.value.remedy


def test_a_store_that_is_not_there_is_away(object_store: StoreAddress) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    for check in STORE.values():
        with pytest.raises(ServerAway) as raised:
            check(store_of(object_store, "any", s3_endpoint=nowhere))
        assert "NOTEAI_S3_ENDPOINT" in raised.value.remedy


def test_a_public_address_that_leads_nowhere_is_seen(
    object_store: StoreAddress, bucket: str
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    found = servers.presigned(store_of(object_store, bucket, s3_public_endpoint=nowhere))
    assert found.state == "failure"
    assert "NOTEAI_S3_PUBLIC_ENDPOINT" in found.remedy
    assert objects(object_store, bucket) == []
