"""Stages that do nothing in the shape of the highlights, against a bare Celery canvas.

Both have one worker of two processes and the same broker, and take turns. What ours does besides:
rows, leases, events and an outbox in Postgres, so that nothing is lost or done twice.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from statistics import median
from uuid import UUID

import redis
from sqlalchemy import select

from bench.load import bare
from bench.load.ground import Ground, ground
from bench.load.idle import IDLE, naps
from bench.table import Row
from noteai.accounts.models import LOCAL
from noteai.jobs.journal import Journal
from noteai.jobs.models import JOBS
from noteai.jobs.service import JobOrder, submit

Run = Callable[[int], None]
"""So many jobs at a time, until the last has ended."""
_SILENT = Journal(lambda *_: None)
_PATIENCE = 60.0


def rows(*, short: bool) -> list[Row]:
    rounds, many = (3, 20) if short else (15, 100)
    with ground() as place, place.workers(1, 2), place.running("bare", "canvas", "2"):
        os.environ.update(place.environment)
        ways: dict[str, Run] = {"ours": ours(place), "bare": canvas()}
        for way in ways.values():
            way(4)  # both have started
        single = alternating(ways, 1, rounds)
        crowd = alternating(ways, many, 2 if short else 4)
    return [_row("one job alone", single, 1), _row(f"{many} jobs at once", crowd, many)]


def alternating(ways: dict[str, Run], jobs: int, rounds: int) -> dict[str, float]:
    """Median seconds of each."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way(jobs)
            took[name].append(time.perf_counter() - began)
    return {name: median(each) for name, each in took.items()}


def ours(place: Ground, nap: float = 0.0) -> Run:
    upload = place.upload()

    def run(jobs: int) -> None:
        with closing(redis.Redis.from_url(place.redis_url)) as client:
            heard = client.pubsub(ignore_subscribe_messages=True)
            heard.psubscribe("job_progress:*")
            heard.get_message(timeout=_PATIENCE)
            order = JobOrder(upload, workflow="idle", params=naps(nap))
            unended = {_submitted(place, order) for _ in range(jobs)}
            until = time.monotonic() + _PATIENCE
            while unended:
                message = heard.get_message(timeout=1.0)
                if message is None:  # what is said can be lost; the rows cannot
                    unended -= _ended(place)
                elif b'"job_ended"' in message["data"]:
                    unended.discard(UUID(message["channel"].decode().rpartition(":")[2]))
                if time.monotonic() > until:
                    raise TimeoutError(f"{len(unended)} jobs did not end")

    return run


def canvas() -> Run:
    app = bare.app()

    def run(jobs: int) -> None:
        for number in range(jobs):
            bare.canvas(app, str(number)).apply_async()
        for _ in range(jobs):
            if app.backend.client.blpop([bare.ENDED], _PATIENCE) is None:
                raise TimeoutError("a bare canvas did not end")

    return run


def _ended(place: Ground) -> set[UUID]:
    with place.database.autocommit() as connection:
        return set(connection.scalars(select(JOBS.c.id).where(JOBS.c.ended_at.is_not(None))))


def _submitted(place: Ground, order: JobOrder) -> UUID:
    with place.database.transaction() as session:
        return submit(session, _SILENT, LOCAL, order, {"idle": IDLE}).id


def _row(on: str, took: dict[str, float], jobs: int) -> Row:
    each: Sequence[str] = [f"{name} {1000 * took[name] / jobs:.0f} ms" for name in ("ours", "bare")]
    note = f"{' and '.join(each)} a job of {len(IDLE.names)} stages"
    ratio = took["ours"] / took["bare"]
    return Row("shape: time against a bare Celery canvas", on, ratio, 2.0, "at most", note)
