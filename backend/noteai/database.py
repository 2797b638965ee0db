"""Postgres by SQLAlchemy: one `Database` a process, one transaction a request or stage.

Only the edges (endpoints, tasks, loops) open transactions. What must be sent once something is
committed is an outbox row of the same transaction, or, where losing it costs a moment only, a
callback of `after_commit`.
"""

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg2 import Error as DriverError
from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from noteai import metrics, tracing
from noteai.errors import TransientError

Json = dict[str, Any]
_CALLBACKS = "after_commit"
_UNANSWERED = 15_000
"""Milliseconds after which a connection is lost whose other end no longer confirms anything."""
_FRESH = 1.0
"""Seconds for which a connection that was used is taken to be still there."""
_RESTING = "resting_since"


class DatabaseUnavailable(TransientError):
    """The database does not answer."""

    hint = "Try again in a moment; nothing that was accepted is lost."


class Base(DeclarativeBase):
    """Tables; names of constraints follow one pattern, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - as SQLAlchemy reads it
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


class Identified:
    """A row with a random id."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-10)


class Dated:
    """A row that knows since when it is there, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=-9)


class Database:
    """A pool of connections. Make it after a fork, never before.

    Who is idle within a transaction for longer than `idle` seconds loses it, and its locks with
    it: a process that was stopped holds up no job.
    """

    def __init__(
        self, url: str, *, pool: int = 5, overflow: int = 10, idle: float | None = None
    ) -> None:
        self.engine = create_engine(
            url,
            pool_size=pool,
            max_overflow=overflow,
            pool_timeout=5,
            pool_use_lifo=True,
            connect_args={
                "connect_timeout": 5,
                "tcp_user_timeout": _UNANSWERED,
                "application_name": "noteai",
                "options": f"-c idle_in_transaction_session_timeout={round(1000 * (idle or 0))}",
            },
        )
        _ping_the_rested(self.engine)
        tracing.watch(self.engine)
        self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """For what is one statement and asked often: each is a transaction of its own, which
        spares the way to the database and back that a beginning takes, and that of an end.

        Raises:
            DatabaseUnavailable: it cannot be reached, or went away.
        """
        try:
            with self.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            if _is_away(error):
                raise DatabaseUnavailable from error
            raise

    def connect(self) -> Connection:
        """For as long as one likes; to be closed. Each statement is a transaction of its own."""
        return self._single.connect()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Committed when the block ends well, else rolled back.

        Raises:
            DatabaseUnavailable: it cannot be reached, or went away.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                with session.begin():
                    yield session
                for callback in session.info.get(_CALLBACKS, ()):
                    callback()
        except (DBAPIError, PoolTimeout) as error:
            if _is_away(error):
                raise DatabaseUnavailable from error
            raise

    def close(self) -> None:
        self.engine.dispose()


def tell_connections(*databases: Database) -> None:
    """How many connections of this process are in use, and how many wait to be."""
    pools: list[Any] = [each.engine.pool for each in databases]
    for state, many in (
        ("in_use", sum(each.checkedout() for each in pools)),
        ("idle", sum(each.checkedin() for each in pools)),
    ):
        metrics.put("noteai_database_connections", many, state=state)


class Bell:
    """Rings when something is said on a channel of Postgres: with LISTEN, on a connection kept."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel
        self._connection: Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Whether it rang, at once where it did so since the last time.

        Raises: DatabaseUnavailable.
        """
        try:
            return self._rang(seconds)
        except (OperationalError, InterfaceError, PoolTimeout, DriverError) as error:
            self.close()
            raise DatabaseUnavailable from error

    def close(self) -> None:
        if self._connection:
            self._connection.invalidate()  # nobody else is to hear what was asked for here
            self._connection.close()
            self._connection = None

    def _rang(self, seconds: float) -> bool:
        if self._connection is None:
            self._connection = self._database.connect()
            self._connection.exec_driver_sql(f"LISTEN {self._channel}")
        found: Any = self._connection.connection.dbapi_connection
        if not found.notifies:
            select.select([found], [], [], seconds)
            found.poll()
        rang = bool(found.notifies)
        found.notifies.clear()
        return rang


def _is_away(error: DBAPIError | PoolTimeout) -> bool:
    """It is about the connection, and not about what was asked."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return error.connection_invalidated


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Call once the transaction is committed; lost when the process dies before."""
    session.info.setdefault(_CALLBACKS, []).append(callback)


def _ping_the_rested(engine: Engine) -> None:
    """Whether a connection is still there is asked where it was not used a moment ago."""

    @event.listens_for(engine, "checkin")
    def rests(_connection: object, record: Any) -> None:
        record.info[_RESTING] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.get(_RESTING)
        if since is None or time.monotonic() - since < _FRESH:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
