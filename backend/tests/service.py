"""Real servers for tests: started once a session, and something fresh for each test.

What they need is imported when a test asks for them, so that the unit ring does without.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from noteai.servers import object_store as store_server
from noteai.servers import postgres as postgres_server
from noteai.servers import valkey as valkey_server
from noteai.servers.object_store import StoreAddress
from noteai.servers.process import Child, free_port

if TYPE_CHECKING:
    from noteai.database import Database

_TEMPLATE = "noteai_template"
_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes that the servers of some processes of tests never fill."""


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Where an unprivileged user can enter, too; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory("", "noteai-", _memory(), ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o711)
        yield folder


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[str]:
    """The administrator's URL."""
    server = postgres_server.prepare(
        servers_folder / "pg", servers_folder / "postgres.log", free_port(), durable=False
    )
    child = Child(server.command)
    try:
        child.wait_until(server.answers)
        yield server.url()
    finally:
        child.stop()


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a database as the migrations make it, of which each test gets a copy."""
    from noteai.migrate import migrate

    _administer(postgres, f"CREATE DATABASE {_TEMPLATE}")
    migrate(_named(postgres, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def database_url(postgres: str, template: str) -> Iterator[str]:
    """A fresh migrated database, dropped afterwards whoever is still connected."""
    with fresh_database(postgres, template) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator["Database"]:
    from noteai.database import Database

    with closing(Database(database_url)) as opened:
        yield opened


@pytest.fixture(scope="session")
def valkey(servers_folder: Path) -> Iterator[str]:
    server = valkey_server.prepare(
        servers_folder / "valkey", servers_folder / "valkey.log", free_port()
    )
    child = Child(server.command)
    try:
        child.wait_until(server.answers)
        yield server.url()
    finally:
        child.stop()


@pytest.fixture
def redis_url(valkey: str) -> str:
    """Nothing is in it."""
    import redis

    with closing(redis.Redis.from_url(valkey)) as client:
        client.flushall()
    return valkey


@pytest.fixture(scope="session")
def object_store(servers_folder: Path) -> Iterator[StoreAddress]:
    server = store_server.prepare(
        servers_folder / "objects", servers_folder / "objects.log", free_port()
    )
    child = Child(server.command)
    try:
        child.wait_until(server.answers)
        yield server.address
    finally:
        child.stop()
        server.tidy()


@pytest.fixture(scope="session")
def store_client(object_store: StoreAddress) -> Iterator[Any]:
    with closing(store_server.client(object_store)) as made:
        yield made


@pytest.fixture
def bucket(store_client: Any) -> str:
    """The name of a fresh bucket."""
    name = f"test-{secrets.token_hex(6)}"
    store_client.create_bucket(Bucket=name)
    return name


@contextmanager
def fresh_database(admin: str, template: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    _administer(admin, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield _named(admin, name)
    finally:
        _administer(admin, f"DROP DATABASE {name} WITH (FORCE)")


def _memory() -> Path | None:
    """A folder in memory where there is one with room: a database is copied there in a tenth."""
    is_there = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if is_there else None


def _administer(admin: str, statement: str) -> None:
    import psycopg2

    with closing(psycopg2.connect(admin.replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _named(admin: str, database: str) -> str:
    return f"{admin.rpartition('/')[0]}/{database}"
