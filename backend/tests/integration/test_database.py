"""Connections that come, go and are kept, on a real Postgres."""

import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from sqlalchemy import text

from noteai import database as module
from noteai.database import Bell, Database, DatabaseUnavailable

PATIENCE = 20.0


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url, pool=1, overflow=0)) as opened:
        yield opened


def number(database: Database) -> int:
    """Of the process that answers at the other end."""
    with database.autocommit() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def end(admin: str, process: int) -> None:
    with closing(psycopg2.connect(admin.replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))


def said(url: str, channel: str) -> None:
    with closing(Database(url)) as other, other.autocommit() as connection:
        connection.execute(text(f"NOTIFY {channel}"))


def test_each_statement_is_committed_by_itself(database: Database, database_url: str) -> None:
    with database.autocommit() as connection:
        connection.execute(text("CREATE TABLE notes (word text)"))
        connection.execute(text("INSERT INTO notes VALUES ('kept')"))
        with closing(Database(database_url)) as other, other.transaction() as session:
            assert session.scalar(text("SELECT word FROM notes")) == "kept"


def test_a_transaction_after_it_is_one_again(database: Database) -> None:
    number(database)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE notes (word text)"))
        session.rollback()
    with database.transaction() as session:
        assert session.scalar(text("SELECT to_regclass('notes')")) is None


def test_a_connection_that_was_lost_while_it_rested_is_replaced(
    database: Database, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = number(database)
    end(postgres, before)
    monkeypatch.setattr(module, "_FRESH", 0.0)
    assert number(database) != before


def test_one_that_is_lost_a_moment_after_its_use_is_said_so_and_replaced(
    database: Database, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FRESH", 3600.0)
    before = number(database)
    end(postgres, before)
    with pytest.raises(DatabaseUnavailable):
        number(database)
    assert number(database) != before


def test_a_bell_rings_for_who_waits_and_for_who_comes_later(database_url: str) -> None:
    with closing(Database(database_url)) as database, closing(Bell(database, "door")) as bell:
        assert not bell.wait(0.0)
        said(database_url, "door")
        assert bell.wait(PATIENCE)
        visitor = threading.Thread(target=said, args=(database_url, "door"))
        visitor.start()
        assert bell.wait(PATIENCE)
        visitor.join()


def test_a_bell_whose_line_was_cut_says_so_and_is_hung_anew(
    database_url: str, postgres: str
) -> None:
    with closing(Database(database_url)) as database, closing(Bell(database, "door")) as bell:
        assert not bell.wait(0.0)
        line = bell._connection
        assert line
        end(postgres, line.execute(text("SELECT pg_backend_pid()")).scalar_one())
        with pytest.raises(DatabaseUnavailable):  # first it hears why, then that it is so
            any(bell.wait(PATIENCE) for _ in range(3))
        assert not bell.wait(0.0)
        said(database_url, "door")
        assert bell.wait(PATIENCE)
