"""Postgres by SQLAlchemy: one `Database` a process, one transaction a request or stage.

Only the edges (endpoints, tasks, loops) open transactions. What must be sent once something is
committed is an outbox row of the same transaction, or, where losing it costs a moment only, a
callback of `after_commit`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, DateTime, MetaData, create_engine, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from noteai.errors import TransientError

Json = dict[str, Any]
_CALLBACKS = "after_commit"
_UNANSWERED = 15_000
"""Milliseconds after which a connection is lost whose other end no longer confirms anything."""


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
    """A pool of connections. Make it after a fork, never before."""

    def __init__(self, url: str, *, pool: int = 5, overflow: int = 10) -> None:
        self.engine = create_engine(
            url,
            pool_size=pool,
            max_overflow=overflow,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "tcp_user_timeout": _UNANSWERED,
                "application_name": "noteai",
            },
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """For what is asked often and changes nothing: half the work of a transaction.

        Raises:
            DatabaseUnavailable: it cannot be reached, or went away.
        """
        try:
            with self.engine.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise DatabaseUnavailable from error

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
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise DatabaseUnavailable from error

    def close(self) -> None:
        self.engine.dispose()


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Call once the transaction is committed; lost when the process dies before."""
    session.info.setdefault(_CALLBACKS, []).append(callback)
