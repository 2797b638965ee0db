"""Jobs by the thousand: copies of one, made in the database."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_COPY = """
    INSERT INTO {table}
    SELECT (jsonb_populate_record(one, jsonb_build_object('{key}', copies.id) {changes})).*
    FROM {table} AS one, copies WHERE one.{key} = :job
"""


def multiply(session: Session, job: UUID, count: int, changes: str = "'{}'") -> None:
    """As many more with its stages and events, and wake-ups if it has one.

    `changes`: SQL of a JSON object of the columns of jobs that differ, in which `number` counts.
    """
    session.execute(
        text(
            "CREATE TEMP TABLE copies ON COMMIT DROP AS "
            "SELECT gen_random_uuid() AS id, number FROM generate_series(1, :count) AS number"
        ),
        {"count": count},
    )
    for table, key, differ in (
        ("jobs", "id", f"|| {changes}"),
        ("stage_runs", "job_id", ""),
        ("events", "job_id", ""),
    ):
        statement = _COPY.format(table=table, key=key, changes=differ)
        session.execute(text(statement), {"job": job})
    session.execute(
        text(
            "INSERT INTO outbox (job_id, stages) SELECT copies.id, stages "
            "FROM outbox, copies WHERE outbox.job_id = :job"
        ),
        {"job": job},
    )
