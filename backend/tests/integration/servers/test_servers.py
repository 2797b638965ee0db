"""What Postgres, Valkey and SeaweedFS must have in common."""

import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from botocore.exceptions import ClientError

from noteai.servers import object_store, postgres, valkey
from noteai.servers.errors import PortTaken
from noteai.servers.object_store import ObjectStore
from noteai.servers.postgres import Postgres
from noteai.servers.process import Child, free_port
from noteai.servers.valkey import Valkey

GUESSED = "guessed"


@dataclass(frozen=True)
class Kind:
    """How a server is prepared, and how one writes to it and reads from it."""

    prepare: Callable[..., Any]
    write: Callable[[Any, str], None]
    read: Callable[[Any], str]
    as_stranger: Callable[[Any], Any]
    refusal: type[Exception]


def write_row(server: Postgres, value: str) -> None:
    with (
        closing(psycopg2.connect(dsn(server))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        cursor.execute("INSERT INTO kept VALUES (%s)", (value,))


def read_row(server: Postgres) -> str:
    with closing(psycopg2.connect(dsn(server))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT value FROM kept")
        return str(cursor.fetchone()[0])


def dsn(server: Postgres) -> str:
    return server.url().replace("+psycopg2", "")


def write_key(server: Valkey, value: str) -> None:
    with closing(redis.Redis.from_url(server.url())) as client:
        client.set("kept", value)


def read_key(server: Valkey) -> str:
    with closing(redis.Redis.from_url(server.url(), decode_responses=True)) as client:
        return str(client.get("kept"))


def write_object(server: ObjectStore, value: str) -> None:
    with closing(object_store.client(server.address)) as client:
        client.put_object(Bucket=server.ensure("kept"), Key="a/b", Body=value.encode())


def read_object(server: ObjectStore) -> str:
    with closing(object_store.client(server.address)) as client:
        return str(client.get_object(Bucket="kept", Key="a/b")["Body"].read().decode())


KINDS = {
    "postgres": Kind(
        postgres.prepare, write_row, read_row,
        lambda server: replace(server, password=GUESSED), psycopg2.OperationalError,
    ),
    "valkey": Kind(
        valkey.prepare, write_key, read_key,
        lambda server: replace(server, password=GUESSED), redis.AuthenticationError,
    ),
    "seaweedfs": Kind(
        object_store.prepare, write_object, read_object,
        lambda server: replace(server, address=replace(server.address, secret_key=GUESSED)),
        ClientError,
    ),
}  # fmt: skip


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@contextmanager
def started(kind: Kind, folder: Path) -> Iterator[tuple[Any, Child]]:
    server = kind.prepare(folder / "server", folder / "log", free_port())
    child = Child(server.command)
    try:
        child.wait_until(server.answers)
        yield server, child
    finally:
        child.stop()
        getattr(server, "tidy", lambda: None)()


@pytest.fixture
def folder(servers_folder: Path, request: pytest.FixtureRequest) -> Path:
    made = servers_folder / f"test-{abs(hash(request.node.nodeid))}"
    made.mkdir(mode=0o711)
    return made


def test_what_was_written_is_there_after_a_stop_and_after_a_kill(kind: Kind, folder: Path) -> None:
    with started(kind, folder) as (server, child):
        kind.write(server, "for long")
        child.kill()
    with started(kind, folder) as (server, _):  # on another port
        assert kind.read(server) == "for long"
    with started(kind, folder) as (server, _):
        assert kind.read(server) == "for long"
        with pytest.raises(kind.refusal):
            kind.read(kind.as_stranger(server))
        assert not kind.as_stranger(server).answers()
        with pytest.raises(PortTaken):
            kind.prepare(folder / "other", folder / "log", server.port)


def test_passwords_are_for_their_owner_alone(kind: Kind, folder: Path) -> None:
    kind.prepare(folder / "server", folder / "log", free_port())
    secrets = [*(folder / "server").glob("*password"), *(folder / "server").glob("*key")]
    assert secrets
    assert {stat.S_IMODE(each.stat().st_mode) for each in secrets} == {0o600}


def test_an_answer_is_not_expected_where_nothing_listens(kind: Kind, folder: Path) -> None:
    assert not kind.prepare(folder / "server", folder / "log", free_port()).answers()
