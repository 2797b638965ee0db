"""What Alembic runs: one connection, one transaction, and no waiting behind a lock for long."""

from alembic import context
from sqlalchemy import Connection, create_engine, text

from noteai.settings import Settings
from noteai.tables import Base


def migrate(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with create_engine(Settings().database_url).connect() as opened:
        migrate(opened)
