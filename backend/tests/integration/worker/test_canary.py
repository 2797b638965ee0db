"""Canaries through real queues to real workers, and what readiness says of them."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from crew import QUICK, Site, children, wait_until
from sleepy import TRADE
from sqlalchemy import text
from starlette.testclient import TestClient

from noteai.adapters.folder_store import FolderStore
from noteai.api.app import create_app
from noteai.api.services import ApiServices
from noteai.database import Database
from noteai.jobs import canary
from noteai.jobs.canary import Standing
from noteai.jobs.journal import Journal
from noteai.settings import ServiceSettings
from noteai.worker.app import QUEUES, make_app
from noteai.worker.canvas import releaser

PERIOD = 1.0
Ask = Callable[[], dict[str, Any]]


@pytest.fixture
def aviary(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """A service that sends a canary every second."""
    with closing(Site(database, redis_url, tmp_path, {**QUICK, "CANARY": PERIOD})) as site:
        yield site
        print(site.logs())  # noqa: T201 - shown where a test fails


@pytest.fixture
def ready(aviary: Site, tmp_path: Path) -> Iterator[Ask]:
    """What the API says of its readiness."""
    store: Any = FolderStore(tmp_path / "objects")
    uploads: Any = None  # which readiness does not ask
    services = ApiServices(
        aviary.database,
        Journal(lambda *_: None),
        lambda _: store,
        uploads,
        aviary.redis_url,
        ServiceSettings(canary=PERIOD, lease=QUICK["LEASE"]),
        TRADE.workflows,
    )
    with TestClient(create_app(services), base_url="http://localhost") as client:
        yield lambda: dict(client.get("/health/ready").json())


def standing(site: Site) -> dict[str, Standing]:
    with site.database.transaction() as session:
        return {each.queue: each for each in canary.standing(session, QUICK["LEASE"])}


def answered(site: Site) -> dict[str, datetime]:
    return {name: each.last_success for name, each in standing(site).items() if each.last_success}


def messages(site: Site) -> int:
    """In the broker's lists: sent and taken by nobody."""
    with redis.Redis.from_url(site.redis_url) as client:
        return sum(int(str(client.llen(f"noteai:{queue}"))) for queue in QUEUES)


def sent(site: Site, queue: str) -> tuple[int, datetime]:
    query = text("SELECT number, sent_at FROM canaries WHERE queue = :queue")
    with site.database.transaction() as session:
        number, at = session.execute(query, {"queue": queue}).one()
    return number, at


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """The Celery worker and its children; not the supervisor, which goes on giving signs."""
    family = [each for child in children(process) for each in (child, *children(child))]
    for each in family:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in family:
            os.kill(each, signal.SIGCONT)


def test_every_queue_answers_and_jobs_go_on_beside_it(aviary: Site, ready: Ask) -> None:
    aviary.hire()
    job = aviary.submit(left={"seconds": 1.0}, middle={"seconds": 1.0})
    wait_until(lambda: set(answered(aviary)) == set(QUEUES), "each queue has answered")
    assert aviary.ended(job).state == "completed"
    wait_until(lambda: not aviary.wrong(), "all is well")
    found = ready()
    assert (found["status"], found["checks"]["canary"]["detail"]) == ("ready", "")
    assert all(each.seconds is not None for each in standing(aviary).values())


def test_where_a_worker_hangs_it_is_lost_and_the_service_degraded_until_it_goes_on(
    aviary: Site, ready: Ask
) -> None:
    worker = aviary.hire()
    wait_until(lambda: set(answered(aviary)) == set(QUEUES), "each queue has answered")
    with stopped(worker.process.pid):
        wait_until(lambda: ready()["status"] == "degraded", "it is degraded")
        told = ready()["checks"]["canary"]
        assert not told["is_well"]
        assert "no answer through" in told["detail"]
        assert messages(aviary) <= 2 * len(QUEUES)
    wait_until(lambda: ready()["status"] == "ready", "it is ready again")


def test_without_a_worker_the_queues_are_reported_and_get_none(aviary: Site, ready: Ask) -> None:
    worker = aviary.hire()
    wait_until(lambda: answered(aviary), "a queue has answered")
    worker.signal(signal.SIGTERM)
    wait_until(worker.is_gone, "the worker left")
    found = ready()
    assert found["status"] == "ready"
    assert found["checks"]["canary"]["detail"] == (
        "no worker serves default, language, media, speech, vision"
    )


def test_after_redis_was_wiped_the_next_one_comes_through(aviary: Site) -> None:
    worker = aviary.hire()
    wait_until(lambda: "media" in answered(aviary), "the queue has answered")
    with stopped(worker.process.pid):
        wait_until(lambda: standing(aviary)["media"].outstanding_since, "one is outstanding")
        before = answered(aviary)["media"]
        with redis.Redis.from_url(aviary.redis_url) as client:
            client.flushall()
    wait_until(lambda: answered(aviary)["media"] > before, "the next one came through")


def test_two_supervisors_send_one_a_period(aviary: Site) -> None:
    aviary.hire()
    aviary.hire()
    wait_until(lambda: "media" in answered(aviary), "the queue has answered")
    first, began = sent(aviary, "media")
    wait_until(lambda: sent(aviary, "media")[0] >= first + 4, "more were sent")
    last, ended = sent(aviary, "media")
    assert (ended - began).total_seconds() >= (last - first) * PERIOD


def test_one_that_comes_too_late_or_is_no_longer_waited_for_is_thrown_away(
    aviary: Site,
) -> None:
    quiet = replace(aviary, patience={**QUICK, "CANARY": 0})
    outstanding = text(
        "INSERT INTO canaries (queue, number, sent_at, outstanding_since)"
        " SELECT queue, number, now(), now()"
        " FROM (VALUES ('media', 7), ('speech', 7), ('vision', 8)) AS sent(queue, number)"
    )
    with quiet.database.transaction() as session:
        session.execute(outstanding)
    release = releaser(make_app(aviary.redis_url, "noteai:", 3600.0))
    release("media", 7, 1e-9)
    release("vision", 7, 60.0)
    release("speech", 7, 60.0)
    quiet.hire()
    wait_until(lambda: messages(quiet) == 0, "nothing is left in the broker")
    wait_until(lambda: answered(quiet), "one was answered")
    job = quiet.submit()
    assert quiet.ended(job).state == "completed"
    assert set(answered(quiet)) == {"speech"}
