"""Canaries go out when they are due, one through each queue, and what is not answered is seen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from jobbing import Office
from sqlalchemy import text

from noteai.database import Database
from noteai.jobs import canary, workers
from noteai.jobs.canary import Standing
from noteai.jobs.workers import Worker

PERIOD = 60.0
LEASE = 45.0


class Released(list[tuple[str, int, float]]):
    """What was given to the broker."""

    def __call__(self, queue: str, number: int, life: float, /) -> None:
        self.append((queue, number, life))


@pytest.fixture
def served(database: Database) -> Database:
    """By one worker, which can do two stages at a time."""
    hire(database, 1, "media", "speech")
    return database


def hire(database: Database, process: int, *queues: str, concurrency: int = 2) -> None:
    worker = Worker(f"host:{process}", "host", process, queues, concurrency, datetime.now(UTC))
    workers.give_sign(database, worker)


def send(database: Database, release: canary.Release) -> int:
    return canary.send_due(database, release, period=PERIOD, lease=LEASE)


def answer(database: Database, queue: str, number: int) -> None:
    with database.transaction() as session:
        canary.answer(session, queue, number)


def standing(database: Database) -> dict[str, Standing]:
    with database.transaction() as session:
        return {each.queue: each for each in canary.standing(session, LEASE)}


def after(database: Database, seconds: float) -> None:
    """Have everything that was noted happen so much earlier."""
    with database.transaction() as session:
        session.execute(
            text(
                "UPDATE canaries SET sent_at = sent_at - :by, answered_at = answered_at - :by,"
                " outstanding_since = outstanding_since - :by"
            ),
            {"by": timedelta(seconds=seconds)},
        )


def test_each_queue_that_is_served_gets_one_and_no_more_before_it_is_due(served: Database) -> None:
    released = Released()
    assert send(served, released) == 2
    assert send(served, released) == 0
    assert released == [("media", 1, 120.0), ("speech", 1, 120.0)]


def test_of_many_who_find_that_it_is_due_one_sends(served: Database) -> None:
    for process in range(2, 6):
        hire(served, process, "media", "speech")
    released = Released()
    with ThreadPoolExecutor(6) as pool:
        counted = list(pool.map(lambda _: send(served, released), range(24)))
    assert sum(counted) == 2
    assert sorted(queue for queue, _, _ in released) == ["media", "speech"]


def test_an_answer_is_kept_with_the_time_that_it_took(served: Database) -> None:
    send(served, Released())
    after(served, 1.5)
    answer(served, "media", 1)
    found = standing(served)["media"]
    assert found.last_success
    assert found.seconds
    assert found.seconds >= 1.5
    assert (found.outstanding_since, found.waited) == (None, 0.0)


def test_the_next_is_due_a_period_after_the_last(served: Database) -> None:
    released = Released()
    send(served, released)
    answer(served, "media", 1)
    after(served, PERIOD / 2)
    assert send(served, released) == 0
    after(served, PERIOD / 2)
    assert send(served, released) == 1
    assert released[-1][:2] == ("media", 2)


def test_one_that_is_not_answered_is_replaced_after_the_patience_and_not_before(
    served: Database,
) -> None:
    released = Released()
    send(served, released)
    first = standing(served)["media"].outstanding_since
    assert first
    after(served, PERIOD + 1)
    assert send(served, released) == 0
    after(served, PERIOD)
    assert send(served, released) == 2
    assert send(served, released) == 0
    assert standing(served)["media"].outstanding_since == first - timedelta(seconds=121)


def test_after_a_long_outage_one_is_sent_and_not_all_that_were_due(served: Database) -> None:
    released = Released()
    send(served, released)
    after(served, 24 * 3600.0)
    assert [send(served, released) for _ in range(5)] == [2, 0, 0, 0, 0]


def test_an_answer_to_an_older_one_or_a_second_answer_is_none(served: Database) -> None:
    send(served, Released())
    after(served, 2 * PERIOD)
    send(served, Released())
    answer(served, "media", 1)
    assert standing(served)["media"].last_success is None
    answer(served, "media", 2)
    told = standing(served)["media"]
    answer(served, "media", 2)
    assert standing(served)["media"] == told


def test_a_queue_without_an_alive_worker_gets_none_and_is_reported(served: Database) -> None:
    send(served, Released())
    after(served, 2 * PERIOD)
    with served.transaction() as session:
        session.execute(text("UPDATE workers SET seen_at = now() - interval '46 seconds'"))
    hire(served, 9, "vision")
    released = Released()
    assert send(served, released) == 1
    assert released[0][:2] == ("vision", 1)
    found = standing(served)
    assert {name for name, each in found.items() if each.is_served} == {"vision"}
    assert found["media"].waited > PERIOD
    assert not found["media"].is_lost(PERIOD)


def test_it_is_lost_where_a_worker_with_room_does_not_answer(served: Database) -> None:
    send(served, Released())
    assert not standing(served)["media"].is_lost(PERIOD)
    after(served, 2 * PERIOD + 1)
    assert standing(served)["media"].is_lost(PERIOD)


def test_it_waits_and_is_not_lost_while_every_worker_of_the_queue_is_busy(office: Office) -> None:
    hire(office.database, 7, "media", concurrency=2)
    send(office.database, Released())
    after(office.database, 3 * PERIOD)
    for process in ("1", "2"):
        assert standing(office.database)["media"].is_lost(PERIOD)
        assert office.ledger(owner=f"host:7/{process}").claim(str(office.submit()), "first")
    found = standing(office.database)["media"]
    assert (found.is_served, found.has_room, found.is_lost(PERIOD)) == (True, False, False)
    hire(office.database, 8, "media")
    assert standing(office.database)["media"].is_lost(PERIOD)


def test_a_broker_that_takes_none_for_one_queue_holds_up_no_other(served: Database) -> None:
    took = Released()

    def choosy(queue: str, number: int, life: float, /) -> None:
        if queue == "media":
            raise ConnectionError
        took(queue, number, life)

    assert send(served, choosy) == 2
    assert [queue for queue, _, _ in took] == ["speech"]
    assert standing(served)["media"].outstanding_since
