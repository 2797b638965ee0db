"""The tables and the trigger of webhooks can be taken away and brought back."""

from alembic import command
from alembic.config import Config
from jobbing import Office
from receiving import Hooks
from sqlalchemy import inspect

from noteai import migrate
from noteai.database import Database


def go_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._SCRIPTS))
    move = command.upgrade if revision == "head" else command.downgrade
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        move(config, revision)


def test_without_webhooks_jobs_go_on_and_with_them_they_are_told_of(
    database: Database, office: Office, hooks: Hooks
) -> None:
    job = office.submit()
    hooks.add("https://hooks.example.org/", "stage.done")
    go_to(database, "20261121_1220")
    assert not {"webhooks", "webhook_deliveries"} & {*inspect(database.engine).get_table_names()}
    with database.transaction() as session:
        office.journal.tell(session, job, "stage_done", {"stage": "first"})
    go_to(database, "head")
    hook = hooks.add("https://hooks.example.org/", "stage.done")
    with database.transaction() as session:
        office.journal.tell(session, job, "stage_done", {"stage": "left"})
    assert len(hooks.states(hook)) == 1
