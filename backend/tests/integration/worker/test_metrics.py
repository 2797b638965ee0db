"""The sum of what all processes counted is what the database says."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from crew import QUICK, SILENT, Site, is_alive, wait_until
from hooking import door
from measuring import ID, served, value, values
from sleepy import TRADE
from sqlalchemy import text
from starlette.testclient import TestClient

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.jobs.service import cancel
from noteai.servers.process import free_port, is_listening

_ENDS = "noteai_stage_duration_seconds_count"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(database: Database, redis_url: str, tmp_path: Path, port: int) -> Iterator[Site]:
    site = Site(database, redis_url, tmp_path, {**QUICK, "METRICS_PORT": port})
    try:
        yield site
    finally:
        site.close()
        print(site.logs())  # noqa: T201 - shown where a test fails


def counted(database: Database, query: str) -> Counter[tuple[str, ...]]:
    """The last column by those before it; without zeros."""
    with database.transaction() as session:
        rows = session.execute(text(query)).all()
    return +Counter({tuple(row[:-1]): int(row[-1]) for row in rows})


def of_the_rows(database: Database, redis_url: str) -> str:
    with door(database, redis_url) as api:
        return asked(api)


def asked(api: TestClient) -> str:
    answer = api.get("http://localhost/metrics")
    assert answer.status_code == 200
    return answer.text


def next_in(site: Site, stage: str) -> int:
    """The process that begins a stage from now on, most of which are found in the cache."""
    return site.began(stage, len(site.entries("began", stage)) + 1)


def work_of_all_kinds(site: Site) -> None:
    """Naps, one that fails, one that is put off, one whose process is killed, one cancelled."""
    jobs = [site.submit(middle={"seconds": 0.2}) for _ in range(3)]
    jobs.append(site.submit(last={"fails": True}))
    for job in jobs:
        site.ended(job)
    before = len(site.entries("began", "left"))
    assert site.ended(site.submit(left={"stumbles": before + 1})).state == "completed"
    killed = site.submit(joined={"seconds": 1.5})
    os.kill(next_in(site, "joined"), signal.SIGKILL)
    assert site.ended(killed).state == "completed"
    stopped = site.submit(right={"seconds": 60.0})
    next_in(site, "right")
    with site.database.transaction() as session:
        cancel(session, SILENT, LOCAL, stopped, TRADE.workflows)
    assert site.ended(stopped).state == "cancelled"


def test_the_sum_of_what_was_counted_is_what_the_database_says(
    site: Site, port: int, database: Database, redis_url: str
) -> None:
    site.hire()
    work_of_all_kinds(site)
    wait_until(lambda: not site.wrong(), "all is well")
    said, rows = served(port), of_the_rows(database, redis_url)

    claims = counted(database, "SELECT stage, sum(attempt) FROM stage_runs GROUP BY stage")
    assert values(said, "noteai_stage_attempts_total", "stage") == claims
    ends = values(said, _ENDS, "outcome")
    assert ends.total() == claims.total() - 1, "the one that was killed"
    done = counted(database, "SELECT count(*) FROM stage_runs WHERE state = 'done'")
    assert ends["done",] + ends["cached",] == done[()]
    stopped = counted(
        database, "SELECT count(*) FROM stage_runs WHERE state = 'cancelled' AND attempt > 0"
    )
    assert ends["released",] == stopped[()] >= 1, "whatever ran as the job was cancelled"
    assert (ends["put_off",], ends["stale",]) == (1, 0)

    failed = counted(
        database,
        "SELECT stage, failure ->> 'code', count(*) FROM stage_runs "
        "WHERE state = 'failed' GROUP BY 1, 2",
    )
    assert failed == {("last", "tired"): 1}
    assert values(said, "noteai_stage_failures_total", "stage", "code") == failed
    assert ends["failed",] == 1

    states = counted(database, "SELECT state, count(*) FROM jobs GROUP BY state")
    assert states == {("completed",): 5, ("failed",): 1, ("cancelled",): 1}
    assert values(said, "noteai_jobs_ended_total", "state") == states
    assert values(rows, "noteai_jobs", "state") == states


def test_what_waits_is_shown_and_who_could_do_it(
    site: Site, port: int, database: Database, redis_url: str
) -> None:
    for _ in range(4):
        site.submit()
    before = of_the_rows(database, redis_url)
    assert values(before, "noteai_queue_depth", "queue") == {("media",): 4}
    assert value(before, "noteai_outbox_rows") == 4
    assert values(before, "noteai_jobs", "state") == {("queued",): 4}
    assert values(before, "noteai_workers", "state") == {}
    site.hire()
    wait_until(lambda: not site.wrong(), "all is done")
    wait_until(lambda: is_listening(port), "metrics are served")
    after = of_the_rows(database, redis_url)
    assert values(after, "noteai_queue_depth", "queue") == {}
    assert value(after, "noteai_outbox_rows") == 0
    assert values(after, "noteai_workers", "state") == {("alive",): 1}
    assert value(after, "noteai_worker_slots", queue="media") == 2


def test_what_the_dead_held_is_forgotten(site: Site, port: int) -> None:
    site.hire()
    site.ended(site.submit())
    busy = site.submit(first={"seconds": 1.0})
    child = next_in(site, "first")
    folder = _folder_of(child)
    held = folder / f"gauge_livesum_{child}.db"
    wait_until(held.exists, "it counted something")
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not is_alive(child), "it is dead")
    wait_until(lambda: served(port) and not held.exists(), "it is forgotten")
    assert list(folder.glob(f"counter_{child}.db"))
    assert site.ended(busy).state == "completed"


def test_the_supervisor_says_how_it_is_with_itself(site: Site, port: int) -> None:
    site.hire()
    site.ended(site.submit(first={"seconds": 0.3, "manner": "program"}))
    wait_until(lambda: is_listening(port), "metrics are served")
    said = served(port)
    swept = value(said, "noteai_sweep_duration_seconds_count")
    assert swept
    assert swept >= 1
    assert value(said, "noteai_sweeper_last_success_timestamp_seconds")
    assert value(said, "noteai_relay_sent_total")
    size = value(said, "noteai_disk_size_bytes", volume="scratch")
    free = value(said, "noteai_disk_free_bytes", volume="scratch")
    assert size
    assert free
    assert 0 < free < size
    assert value(said, "noteai_database_connections", state="idle")


def test_no_label_is_an_id(site: Site, port: int, database: Database, redis_url: str) -> None:
    site.hire()
    job: UUID = site.submit(middle={"parts": 2}, last={"fails": True})
    site.ended(job)
    with door(database, redis_url) as api:
        for path in ("jobs/{job}", "results/{job}", "jobs/{job}/logs", "nothing/{job}"):
            api.get(f"/{path.format(job=job)}")
        said = served(port) + asked(api)
    assert 'handler="/api/v1/jobs/{job_id}"' in said
    assert 'handler="none"' in said
    assert ID.findall(said) == []


def test_without_a_port_nothing_is_written(
    database: Database, redis_url: str, tmp_path: Path
) -> None:
    site = Site(database, redis_url, tmp_path)
    try:
        worker = site.hire()
        site.ended(site.submit())
        for process in worker.family:
            assert b"PROMETHEUS" not in Path(f"/proc/{process}/environ").read_bytes()
            assert not any(".db" in line for line in _maps(process))
    finally:
        site.close()


def _folder_of(process: int) -> Path:
    """In which a process keeps its figures."""
    wait_until(lambda: any("counter_" in each for each in _maps(process)), "it has figures")
    return Path(next(each for each in _maps(process) if "counter_" in each).split()[-1]).parent


def _maps(process: int) -> list[str]:
    return Path(f"/proc/{process}/maps").read_text().splitlines()
