"""How Postgres answers what the API asks, at a hundred thousand jobs.

Each statement of each page is explained, and run: none may look through a whole large table.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import event, text
from starlette.testclient import TestClient

from bench.load.ground import Ground, ground
from bench.load.many import multiply
from bench.table import Row
from noteai.accounts.models import LOCAL
from noteai.api.app import create_app
from noteai.api.door import services_of
from noteai.jobs.journal import Journal
from noteai.jobs.service import JobOrder, submit
from noteai.settings import Settings

_HERE = "http://localhost"
LARGE = 1000
"""Rows from which on a table is not to be read whole."""
_SILENT = Journal(lambda *_: None)
_STATES = """
    jsonb_build_object(
        'created_at', now() - number * interval '1 minute',
        'deadline', now() + interval '1 day',
        'state', (ARRAY['completed', 'completed', 'completed_empty', 'failed', 'cancelled'])
                 [1 + number % 5])
"""
PAGES = {
    "the newest": "/jobs",
    "of one state": "/jobs?state=failed",
    "of two states": "/jobs?state=failed&state=cancelled",
    "of a state that none has": "/jobs?state=running",
    "of a workflow": "/jobs?workflow=highlights",
    "of a workflow that none has": "/jobs?workflow=none",
    "awaiting their upload": "/jobs?state=awaiting_upload",
    "the oldest": "/jobs?sort=created_at",
    "from the middle": "/jobs?cursor={cursor}",
    "one job": "/jobs/{job}",
    "its log": "/jobs/{job}/logs",
    "its manifest": "/jobs/{job}/manifest",
    "its results": "/results/{job}",
    "search in it": "/results/{job}/search?q=entropy",
    "the queue": "/queue",
    "uploads": "/uploads",
}


@dataclass(frozen=True)
class Said:
    statement: str
    parameters: Any


@dataclass(frozen=True)
class Plan:
    """`whole`: large tables that were read from beginning to end; `took`: milliseconds."""

    cost: float
    took: float
    whole: tuple[str, ...]


def rows(*, short: bool) -> list[Row]:
    count = 2_000 if short else 100_000
    with ground() as place:
        job = _filled(place, count)
        found = dict(_plans(place, job))
    on = f"{count} jobs, {7 * count} stages"
    missed = [f"{name}: {', '.join(plan.whole)}" for name, plan in found.items() if plan.whole]
    good = 100 * (1 - len(missed) / len(found))
    note = "; ".join(missed) or f"{len(found)} statements of {len(PAGES)} pages"
    listed = [
        Row(f"plan: {name}, ms", on, plan.took, note=f"cost {plan.cost:.0f}")
        for name, plan in found.items()
    ]
    measure = "plan: statements that read no large table whole, %"
    return [Row(measure, on, good, 100, note=note), *listed]


def _filled(place: Ground, count: int) -> UUID:
    order = JobOrder(place.upload(), workflow="highlights")
    with place.database.transaction() as session:
        job = submit(session, _SILENT, LOCAL, order).id
        session.execute(text("UPDATE jobs SET state = 'completed'"))
        session.execute(text("UPDATE stage_runs SET state = 'done'"))
        multiply(session, job, count - 1, _STATES)
        session.execute(text("DELETE FROM outbox"))
    with place.database.autocommit() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return job


def _plans(place: Ground, job: UUID) -> Iterator[tuple[str, Plan]]:
    settings = Settings(
        database_url=place.environment["NOTEAI_DATABASE_URL"],
        redis_url=place.redis_url,
        s3_endpoint="http://127.0.0.1:1",
        s3_access_key="none",
        s3_secret_key=SecretStr("none"),
    )
    with (
        services_of(settings) as services,
        TestClient(create_app(services), base_url=_HERE) as client,
    ):
        first = client.get("/api/v1/jobs?limit=1").json()
        facts = {"job": str(job), "cursor": first["next_cursor"]}
        for name, page in PAGES.items():
            with _heard(services.database.engine) as said:
                client.get("/api/v1" + page.format(**facts)).raise_for_status()
            for number, each in enumerate(said):
                label = name if len(said) == 1 else f"{name} ({number + 1})"
                yield label, _explained(place, each)


@contextmanager
def _heard(engine: Any) -> Iterator[list[Said]]:
    said: list[Said] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append(Said(statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _explained(place: Ground, said: Said) -> Plan:
    with place.database.autocommit() as connection:
        answer = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {said.statement}", said.parameters
        ).scalar_one()
    plan = answer[0]["Plan"]
    whole = tuple(sorted({each["Relation Name"] for each in _nodes(plan) if _is_whole(each)}))
    return Plan(plan["Total Cost"], answer[0]["Execution Time"], whole)


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def _is_whole(node: Mapping[str, Any]) -> bool:
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return bool(node["Node Type"] == "Seq Scan" and rows >= LARGE)
