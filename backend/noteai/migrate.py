"""Brings a database to the present schema."""

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from noteai.database import DatabaseUnavailable

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6E6F7465  # "note": of all that migrate one database, one at a time


def revisions() -> tuple[set[str], set[str]]:
    """The newest, at which a database should be, and all."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_SCRIPTS))
    return set(scripts.get_heads()), {each.revision for each in scripts.walk_revisions()}


def migrate(database_url: str) -> tuple[str | None, str | None]:
    """The revision that it had before, and the one that it has now.

    Raises:
        DatabaseUnavailable: it cannot be reached.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            before = MigrationContext.configure(connection).get_current_revision()
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return before, MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise DatabaseUnavailable from error
