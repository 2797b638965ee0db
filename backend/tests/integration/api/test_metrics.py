"""GET /metrics: what the process counted, and what the rows say."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hooking import door
from jobbing import Office
from measuring import value, values
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, text
from starlette.testclient import TestClient
from statements import counted

from noteai.accounts.models import LOCAL
from noteai.api.figures import ROWS, Question, Rows
from noteai.database import Database
from noteai.errors import TransientError
from noteai.jobs.workers import Worker, give_sign
from noteai.metrics.families import FAMILIES
from noteai.webhooks.models import DeliveryRow, WebhookRow
from noteai.workflows import WORKFLOWS

DOCS = Path(__file__).parents[4] / "docs" / "metrics.md"
NOWHERE = "postgresql+psycopg2://nobody@127.0.0.1:9/nothing"


@pytest.fixture
def local(database: Database, redis_url: str) -> Iterator[TestClient]:
    with door(database, redis_url) as client:
        yield client


def asked(api: TestClient, **headers: str) -> str:
    answer = api.get("http://localhost/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text


def test_requests_are_counted_by_their_route(local: TestClient) -> None:
    for _ in range(3):
        local.get(f"/jobs/{uuid4()}")
    local.get("/workflows")
    local.get("/nothing/of/the/kind")
    local.get("http://localhost/health/live")
    asked(local)
    said = values(asked(local), "http_requests_total", "method", "handler", "status")
    assert said == {
        ("GET", "/api/v1/jobs/{job_id}", "4xx"): 3,
        ("GET", "/api/v1/workflows", "2xx"): 1,
        ("GET", "none", "4xx"): 1,
    }


def test_paths_that_differ_in_more_than_their_ids_are_told_apart(local: TestClient) -> None:
    for name in ("logs", "manifest", "nothing"):
        for _ in range(2):
            local.get(f"/jobs/{uuid4()}/{name}")
    local.post(f"/jobs/{uuid4()}/cancel")
    said = values(asked(local), "http_requests_total", "method", "handler")
    assert said == {
        ("GET", "/api/v1/jobs/{job_id}/logs"): 2,
        ("GET", "/api/v1/jobs/{job_id}/manifest"): 2,
        ("GET", "none"): 2,
        ("POST", "/api/v1/jobs/{job_id}/cancel"): 1,
    }


def test_a_job_that_is_cancelled_before_it_begins_is_counted(
    local: TestClient, office: Office
) -> None:
    job = office.submit()
    assert local.post(f"/jobs/{job}/cancel").status_code == 200
    said = values(asked(local), "noteai_jobs_ended_total", "workflow", "state")
    assert said == {("diamond", "cancelled"): 1}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_metrics_are_not_for_those_who_come_by_a_proxy(local: TestClient, header: str) -> None:
    answer = local.get("http://localhost/metrics", headers={header: "for=203.0.113.7"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "address_unknown"


def test_the_rows_are_shown(local: TestClient, office: Office, database: Database) -> None:
    jobs = [office.submit() for _ in range(3)]
    office.do(jobs[0], "first")
    office.claimed(jobs[1], "first")
    office.upload("awaiting_parts")
    said = asked(local)
    assert values(said, "noteai_jobs", "state") == {("queued",): 1, ("running",): 2}
    depth = values(said, "noteai_queue_depth", "queue")
    assert depth == {("media",): 1, ("speech",): 1, ("vision",): 1}
    assert values(said, "noteai_stages_running", "queue") == {("media",): 1}
    assert value(said, "noteai_queue_oldest_seconds", queue="default") == 0
    assert value(said, "noteai_database_up") == 1
    assert value(said, "noteai_outbox_rows") == len(office.outbox())
    assert value(said, "noteai_stored_bytes") == 5, "equal files are kept once"


def test_canaries_are_shown_of_queues_that_are_served(
    local: TestClient, database: Database
) -> None:
    give_sign(database, Worker("a", "here", 1, ("speech", "vision"), 1, datetime.now(UTC)))
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO canaries "
                "(queue, number, sent_at, outstanding_since, answered_at, seconds) VALUES "
                "('speech', 1, now(), NULL, to_timestamp(1700000000), 0.25), "
                "('media', 1, now(), now(), to_timestamp(1600000000), 0.25), "
                "('vision', 1, now(), now() - interval '1 hour', NULL, NULL)"
            )
        )
    said = asked(local)
    at = "noteai_canary_last_success_timestamp_seconds"
    assert values(said, at, "queue") == {("speech",): 1700000000}
    assert value(said, "noteai_canary_duration_seconds", queue="speech") == 0.25
    waiting = "noteai_canary_waiting_seconds"
    assert value(said, waiting, queue="speech") == 0
    assert values(said, waiting, "queue") == {("vision",): pytest.approx(3600, abs=60)}


def test_what_waits_for_a_webhook_that_is_disabled_is_not_counted(
    local: TestClient, database: Database
) -> None:
    with database.transaction() as session:
        for is_enabled, hours in ((True, 1), (False, 5)):
            hook = WebhookRow(
                account_id=LOCAL, url="http://a", description="", events=[], secret="s",  # noqa: S106
                is_enabled=is_enabled,
            )  # fmt: skip
            session.add(hook)
            session.flush()
            since = func.now() - timedelta(hours=hours)
            session.add(DeliveryRow(webhook_id=hook.id, event="job.failed", body="", since=since))
    said = asked(local)
    assert value(said, "noteai_webhooks_pending") == 1
    assert value(said, "noteai_webhooks_oldest_seconds") == pytest.approx(3600, abs=60)


def test_scrapers_share_an_answer(local: TestClient, database: Database) -> None:
    asked(local)
    with counted(database) as said:
        for _ in range(3):
            asked(local)
    assert said == []


def test_the_rows_are_asked_with_few_statements(local: TestClient, database: Database) -> None:
    with counted(database) as said:
        asked(local)
    assert len(said) <= 7, said


class Away(Question):
    def ask(self) -> list[Any]:
        raise TransientError(reason="away")


def test_an_answer_that_took_long_is_kept_for_longer(database: Database) -> None:
    now = [0.0]
    rows = Rows(Away(database, 45.0, WORKFLOWS), clock=lambda: now[0])
    seen = []

    def slowly() -> list[Any]:
        seen.append(now[0])
        now[0] += 1.0
        return []

    rows._asked = slowly  # type: ignore[method-assign]
    for moment in (0.0, 6.0, 50.0, 52.0):
        now[0] = max(now[0], moment)
        list(rows.collect())
    assert seen == [0.0, 52.0]


def test_metrics_are_answered_while_the_database_is_away(redis_url: str) -> None:
    with door(Database(NOWHERE), redis_url) as api:
        api.get("/workflows")
        said = asked(api)
    assert value(said, "noteai_database_up") == 0
    assert value(said, "noteai_build_info", version="0.1.0") == 1
    assert values(said, "http_requests_total", "handler") == {("/api/v1/workflows",): 1}
    shown = {each.name for each in text_string_to_metric_families(said)}
    assert shown & {each.name for each in ROWS} == {"noteai_database_up"}


def test_every_metric_is_documented_and_there(local: TestClient, office: Office) -> None:
    page = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*?) \| ([a-z]+) \|", page, re.MULTILINE)
    told = {(name, tuple(re.findall(r"`([a-z]+)`", labels)), kind) for name, labels, kind in rows}
    ours = {(each.name, each.labels, each.kind) for each in (*FAMILIES, *ROWS)}
    assert {each for each in told if each[0].startswith("noteai_")} == ours

    local.get("/workflows")
    served = {_name(each) for each in text_string_to_metric_families(asked(local))}
    canaries = {each for each, *_ in ours if "canary" in each}
    assert served | canaries == {name for name, *_ in told}


def _name(family: Any) -> str:
    return f"{family.name}_total" if family.type == "counter" else str(family.name)
