"""A database is brought to the present schema once, whoever asks and however many do."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from noteai import migrate as migration
from noteai.database import Database, DatabaseUnavailable
from noteai.migrate import migrate
from noteai.servers.process import free_port
from noteai.tables import Base


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = f"empty_{secrets.token_hex(6)}"
    administer(postgres, f"CREATE DATABASE {name}")
    yield f"{postgres.rpartition('/')[0]}/{name}"
    administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def administer(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url.replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_second_time_nothing_changes(empty: str) -> None:
    before, after = migrate(empty)
    assert before is None
    assert after
    assert migrate(empty) == (after, after)


def test_of_several_at_a_time_one_migrates_and_the_others_wait(empty: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(migrate, [empty] * 3))
    assert sorted(before is None for before, _ in made) == [False, False, True]
    assert len({after for _, after in made}) == 1


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_where_traces_belong_can_be_taken_away_and_brought_back(empty: str) -> None:
    migrate(empty)
    with closing(Database(empty)) as database, database.engine.connect() as connection:
        config = Config()
        config.set_main_option(
            "script_location", str(Path(migration.__file__).parent / "migrations")
        )
        config.attributes["connection"] = connection
        command.downgrade(config, "20261121_1330")
        assert "traceparent" not in columns(connection, "jobs") | columns(connection, "outbox")
        command.upgrade(config, "head")
        assert "traceparent" in columns(connection, "jobs") & columns(connection, "outbox")


def columns(connection: Connection, table: str) -> set[str]:
    return {each["name"] for each in inspect(connection).get_columns(table)}


def test_a_database_that_is_not_there_may_come_back(postgres: str) -> None:
    with pytest.raises(DatabaseUnavailable):
        migrate(f"postgresql+psycopg2://postgres:x@127.0.0.1:{free_port()}/noteai")
