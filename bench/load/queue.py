"""Ten thousand queued jobs whose stages sleep for 10 ms, and two workers.

While the queue is worked on, jobs are submitted over HTTP, and a sweeper looks again and again.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import quantiles
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import text

from bench.load import processors
from bench.load.ground import Ground, ground
from bench.load.idle import IDLE, naps
from bench.load.many import multiply
from bench.table import Row
from noteai.accounts.models import LOCAL
from noteai.jobs.journal import Journal
from noteai.jobs.service import JobOrder, submit
from noteai.jobs.sweep import sweep

WORKERS, CONCURRENCY = 2, 2
NAP = 0.01
_SILENT = Journal(lambda *_: None)
_SETTLED = 60.0


@dataclass(frozen=True)
class Size:
    jobs: int
    seconds: float


def rows(*, short: bool) -> list[Row]:
    size = Size(300, 6.0) if short else Size(10_000, 45.0)
    with ground() as place, place.api() as address:
        upload = fill(place, size.jobs)
        with place.workers(WORKERS, CONCURRENCY):
            settle(place, size)
            return observe(place, address, upload, size)


def fill(place: Ground, jobs: int) -> UUID:
    """The upload that all of them are of."""
    upload = place.upload()
    order = JobOrder(upload, workflow="idle", params=naps(NAP))
    with place.database.transaction() as session:
        job = submit(session, _SILENT, LOCAL, order, {"idle": IDLE}).id
        multiply(session, job, jobs - 1)
    return upload


def settle(place: Ground, size: Size) -> None:
    """All wake-ups are sent, or a minute has passed, and the workers work."""
    until = time.monotonic() + _SETTLED
    few = size.jobs // 100
    while time.monotonic() < until and (unsent(place) > few or not done(place)):
        time.sleep(0.2)


def observe(place: Ground, address: str, upload: UUID, size: Size) -> list[Row]:
    submits, ticks = (
        Repeated(lambda: _post(address, upload), 0.2),
        Repeated(lambda: sweep(place.database, _SILENT, workflows={"idle": IDLE}), 1.0),
    )
    before, used, began = done(place), processors.used(), time.monotonic()
    with submits.going(), ticks.going():
        time.sleep(size.seconds)
    took = time.monotonic() - began
    stages, cost = done(place) - before, processors.used() - used
    each = 1000 * cost / max(1, stages)
    here = os.cpu_count() or 1
    limit = f"{each:.1f} ms of processor a stage: {1000 * here / each:.0f} a second at most"
    on = f"{size.jobs} queued jobs, {WORKERS} workers of {CONCURRENCY}, {here} processors"
    asked = f"{len(submits.took)} submits"
    return [
        Row("queue: stages a second", on, stages / took, 150, note=limit),
        Row("queue: submit, p95 in ms", on, 1000 * p95(submits.took), 150, "at most", asked),
        Row("queue: slowest sweeper tick, ms", on, 1000 * max(ticks.took), 250, "at most"),
    ]


class Repeated:
    """Does a thing again and again beside the rest, and keeps how long it took."""

    def __init__(self, work: Callable[[], object], pause: float) -> None:
        self.took: list[float] = []
        self._work = work
        self._pause = pause
        self._stopped = threading.Event()

    @contextmanager
    def going(self) -> Iterator[None]:
        thread = threading.Thread(target=self._turn)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join()

    def _turn(self) -> None:
        while not self._stopped.wait(self._pause):
            began = time.perf_counter()
            self._work()
            self.took.append(time.perf_counter() - began)


def p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1] if len(took) > 1 else max(took)


def done(place: Ground) -> int:
    return _count(place, "SELECT count(*) FROM stage_runs WHERE state = 'done'")


def unsent(place: Ground) -> int:
    return _count(place, "SELECT count(*) FROM outbox")


def _count(place: Ground, query: str) -> int:
    with place.database.autocommit() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _post(address: str, upload: UUID) -> None:
    order = {"upload_id": str(upload), "workflow": "idle", "params": naps(NAP)}
    where = urlsplit(address)
    with closing(HTTPConnection(where.hostname or "", where.port, timeout=30)) as connection:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/v1/jobs", json.dumps(order), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(said)
