"""Real workers tell real servers."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from crew import QUICK, Site, wait_until
from receiving import Exchange, Hooks, Received, Receiver, content, documented, receiving
from sleepy import SLEEPY
from structlog.testing import capture_logs

from noteai.database import Database
from noteai.webhooks.sending import Answer
from noteai.worker import loops

ALL = ("job.started", "stage.done", "job.completed")


@pytest.fixture
def site(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Site]:
    site = Site(database, redis_url, tmp_path, {**QUICK, "WEBHOOKS_TO_PRIVATE": 1})
    try:
        yield site
    finally:
        site.close()
        print(site.logs())  # noqa: T201 - shown where a test fails


def types(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["type"] for each in receiver.received]


def test_two_workers_tell_of_a_job_in_its_order(
    site: Site, hooks: Hooks, receiver: Receiver
) -> None:
    hook = hooks.add(receiver.url(), *ALL)
    site.hire()
    site.hire()
    site.ended(site.submit())
    wait_until(lambda: set(hooks.states(hook)) == {"delivered"}, "all has been delivered")
    stages = ["stage.done"] * len(SLEEPY.stages)
    assert types(receiver) == ["job.started", *stages, "job.completed"]
    assert all(documented()(hook.secret, each.headers, each.body) for each in receiver.received)


def test_a_worker_that_is_told_to_leave_does_not_wait_for_a_slow_server(
    site: Site, hooks: Hooks
) -> None:
    asked, go = Event(), Event()

    def slowly(exchange: Exchange, got: Received) -> None:
        asked.set()
        go.wait(60)
        exchange.reply(200)

    with receiving(slowly) as slow:
        hook = hooks.add(slow.url())
        (wanted,) = hooks.ping(hook)
        worker = site.hire()
        try:
            assert asked.wait(60)
            worker.signal(signal.SIGTERM)
            wait_until(worker.is_gone, "the worker has left")
            assert worker.process.returncode == 0
        finally:
            go.set()
        slow.answer = content
        hooks.set(hook, lease_until=None)
        site.hire()
        wait_until(lambda: hooks.states(hook) == ["delivered"], "another has delivered it")
        assert slow.ids == [wanted] * 2


def test_couriers_go_on_after_trouble_and_stop_when_told(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    seen, closed = Event(), Database("postgresql+psycopg2://nobody@127.0.0.1:9/nothing")

    def noted(*_: object) -> Answer:
        seen.set()
        return Answer(0.1, 200)

    with capture_logs() as lines:
        troubled = loops.couriers(closed, noted, 1)
        running = loops.couriers(hooks.database, noted, 2)
        for each in (*troubled, *running):
            each.start()
        hooks.ping(hook)
        assert seen.wait(30)
        wait_until(lambda: bool(lines), "the trouble is written down")
        for each in (*troubled, *running):
            each.stop()
            each.join()
    assert {each["loop"] for each in lines} == {"courier 0"}
    closed.close()
