"""Workers are there while they give signs of life, idle or not."""

from datetime import UTC, datetime
from typing import Any

from jobbing import Office
from sqlalchemy import func, text, update

from noteai.jobs import workers
from noteai.jobs.models import WorkerRow
from noteai.jobs.workers import Worker


def worker(process: int) -> Worker:
    return Worker(f"host:{process}", "host", process, ("media", "speech"), 2, datetime.now(UTC))


def present(office: Office) -> dict[str, Any]:
    with office.database.transaction() as session:
        return {row.name: row for row in workers.present(session)}


def test_an_idle_worker_is_seen(office: Office) -> None:
    mine = worker(1)
    for _ in range(2):
        workers.give_sign(office.database, mine)
    (row,) = present(office).values()
    assert (row.hostname, row.process, row.queues) == ("host", 1, ["media", "speech"])
    assert (row.concurrency, row.since, row.stages) == (2, mine.since, [])
    assert 0 <= row.silent < 60


def test_a_worker_says_what_its_processes_work_on(office: Office) -> None:
    for process in (1, 11):
        workers.give_sign(office.database, worker(process))
    job, other = office.submit(), office.submit()
    assert office.ledger(owner="host:11/5").claim(str(job), "first")
    office.do(other, "first")
    assert office.ledger(owner="host:11/6").claim(str(other), "left")
    assert office.ledger(owner="host:1/7").claim(str(other), "right")
    found = {name: row.stages for name, row in present(office).items()}
    assert found == {"host:1": ["right"], "host:11": ["first", "left"]}


def test_one_that_left_is_gone_at_once_and_one_that_was_lost_after_a_while(
    office: Office,
) -> None:
    one, other, third = map(worker, (1, 2, 3))
    for each in (one, other, third):
        workers.give_sign(office.database, each)
    workers.leave(office.database, one)
    long_ago = func.now() - text("interval '11 minutes'")
    with office.database.transaction() as session:
        session.execute(
            update(WorkerRow).where(WorkerRow.name == other.name).values(seen_at=long_ago)
        )
    assert present(office)[other.name].silent > 600
    workers.give_sign(office.database, third)
    assert list(present(office)) == [third.name]
