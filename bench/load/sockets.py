"""A thousand sockets, ten a job, twenty updates each; and fifty more that never read.

Updates are told as a worker tells them: written to Postgres, then published by Redis.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from bench.load.ground import ROOT, Ground, ground
from bench.load.many import multiply
from bench.load.queue import p95
from bench.table import Row
from noteai.accounts.models import LOCAL
from noteai.adapters.redis_events import RedisPublisher
from noteai.jobs.journal import Journal
from noteai.jobs.models import JOBS
from noteai.jobs.service import JobOrder, submit

A_JOB, IDLERS = 10, 50
_SILENT = Journal(lambda *_: None)


@dataclass(frozen=True)
class Size:
    jobs: int
    updates: int
    seconds: float
    """Over which the updates are spread."""


def rows(*, short: bool) -> list[Row]:
    size = Size(10, 5, 3.0) if short else Size(100, 20, 20.0)
    with ground() as place, place.api() as address:
        alone = observe(place, address, size, idlers=0)
        crowded = observe(place, address, size, idlers=IDLERS)
    readers = size.jobs * A_JOB
    on = f"{readers} sockets, {size.updates} updates each, and {IDLERS} that never read"
    note = f"{1000 * p95(alone['late']):.0f} ms without those that never read"
    whole = readers * size.updates
    heard = 100 * crowded["events"] / whole
    coalesced = "newer ones stand for those that a slow reader did not get"
    return [
        Row("sockets: got the end, %", on, 100 * crowded["ends"] / readers, 100),
        Row(
            "sockets: update heard after, p95 in ms",
            on,
            1000 * p95(crowded["late"]),
            250,
            "at most",
            note,
        ),
        Row("sockets: updates heard, %", on, heard, note=coalesced),
    ]


def observe(place: Ground, address: str, size: Size, idlers: int) -> dict[str, object]:
    """What the readers of fresh jobs saw."""
    jobs = fresh(place, size.jobs)
    with reading(address, jobs, idlers) as readers:
        tell(place, jobs, size)
        said, _ = readers.communicate(timeout=150)
    found: dict[str, object] = json.loads(said.splitlines()[-1])
    return found


def tell(place: Ground, jobs: list[UUID], size: Size) -> None:
    """Each job in turn, evenly over the time; at the end all jobs end."""
    with closing(RedisPublisher(place.redis_url)) as publish:
        journal = Journal(publish)
        began, whole = time.monotonic(), size.jobs * size.updates
        for number in range(whole):
            time.sleep(max(0.0, began + size.seconds * number / whole - time.monotonic()))
            _update(place, journal, jobs[number % size.jobs], number // size.jobs / size.updates)
        for job in jobs:
            with place.database.transaction() as session:
                journal.tell(session, job, "job_ended", {}, changes={"state": "completed"})


def _update(place: Ground, journal: Journal, job: UUID, fraction: float) -> None:
    body = {"stage": "transcript", "stage_fraction": fraction, "told_at": time.monotonic()}
    with place.database.transaction() as session:
        journal.tell(session, job, "stage_progressed", body, reached=fraction)


@contextmanager
def reading(address: str, jobs: list[UUID], idlers: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bench.load.readers", address.replace("http", "ws")]
    with subprocess.Popen(
        [*command, str(A_JOB), str(idlers)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as readers:
        try:
            assert readers.stdin
            assert readers.stdout
            readers.stdin.write(json.dumps([str(each) for each in jobs]) + "\n")
            readers.stdin.flush()
            if readers.stdout.readline().strip() != "ready":
                raise ValueError("the readers could not connect")
            yield readers
        finally:
            readers.kill()


def fresh(place: Ground, count: int) -> list[UUID]:
    """Jobs that have been accepted and that nobody works on."""
    order = JobOrder(place.upload(), workflow="highlights")
    with place.database.transaction() as session:
        first = submit(session, _SILENT, LOCAL, order)
        upload = first.upload_id
        multiply(session, first.id, count - 1)
        return list(session.scalars(select(JOBS.c.id).where(JOBS.c.upload_id == upload)))
