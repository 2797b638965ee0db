import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import pytest
from jobbing import AT_ONCE, Office, at_once
from sqlalchemy import func, update

from noteai.database import Bell
from noteai.jobs import outbox
from noteai.jobs.models import OutboxRow

PATIENCE = 20.0


class Broker:
    """Remembers what was sent, and refuses while it is down."""

    def __init__(self) -> None:
        self.sent: list[tuple[UUID, tuple[str, ...]]] = []
        self.refused: set[UUID] = set()
        self._lock = threading.Lock()

    def send(self, job: UUID, stages: Sequence[str], _: int = 0, __: str | None = None, /) -> None:
        if job in self.refused:
            raise ConnectionError("the broker is down")
        with self._lock:
            self.sent.append((job, tuple(stages)))


@pytest.fixture
def broker() -> Broker:
    return Broker()


def test_what_is_due_is_sent_once_and_in_its_order(office: Office, broker: Broker) -> None:
    jobs = [office.submit() for _ in range(3)]
    assert outbox.relay(office.database, broker.send) == 3
    assert broker.sent == [(job, ("first",)) for job in jobs]
    assert outbox.relay(office.database, broker.send) == 0


def test_no_more_than_a_batch_is_sent(office: Office, broker: Broker) -> None:
    for _ in range(3):
        office.submit()
    assert outbox.relay(office.database, broker.send, batch=2) == 2
    assert outbox.relay(office.database, broker.send, batch=2) == 1


def test_what_is_not_due_stays(office: Office, broker: Broker) -> None:
    job = office.submit()
    office.empty_outbox()
    with office.database.transaction() as session:
        outbox.put(session, job, ["first"], after=60.0)
    assert outbox.relay(office.database, broker.send) == 0
    assert office.outbox() == [["first"]]


def test_several_who_relay_send_each_once(office: Office, broker: Broker) -> None:
    jobs = [office.submit() for _ in range(40)]

    def relay() -> int:
        return sum(outbox.relay(office.database, broker.send, batch=3) for _ in range(20))

    assert sum(at_once([relay] * AT_ONCE)) == len(jobs)
    assert Counter(broker.sent) == Counter((job, ("first",)) for job in jobs)
    assert office.outbox() == []


def test_what_could_not_be_sent_stays_and_holds_up_no_other(office: Office, broker: Broker) -> None:
    before, broken, after = (office.submit() for _ in range(3))
    broker.refused = {broken}
    with pytest.raises(ConnectionError):
        outbox.relay(office.database, broker.send)
    assert [job for job, _ in broker.sent] == [before]
    assert outbox.relay(office.database, broker.send) == 1
    assert [job for job, _ in broker.sent] == [before, after]
    assert office.outbox() == [["first"]]


def test_what_is_rolled_back_is_never_sent(office: Office, broker: Broker) -> None:
    job = office.submit()
    office.empty_outbox()
    with office.database.transaction() as session:
        outbox.put(session, job, ["first"])
        session.rollback()
    assert outbox.relay(office.database, broker.send) == 0


def test_a_courier_sends_what_is_committed_and_crosses_it_out(
    office: Office, broker: Broker
) -> None:
    job = office.submit()
    office.empty_outbox()
    courier = outbox.Courier(office.database, broker.send)
    with office.database.transaction() as session:
        outbox.put(session, job, ["first"], courier=courier)
        assert broker.sent == []
    assert broker.sent == [(job, ("first",))]
    assert office.outbox() == []


def test_what_a_courier_cannot_send_is_left_to_the_relay(office: Office, broker: Broker) -> None:
    job = office.submit()
    office.empty_outbox()
    broker.refused = {job}
    with office.database.transaction() as session:
        outbox.put(session, job, ["first"], courier=outbox.Courier(office.database, broker.send))
    assert outbox.relay(office.database, broker.send) == 0, "it has a head start"
    with office.database.transaction() as session:
        session.execute(update(OutboxRow).values(due_at=func.now()))
    broker.refused = set()
    assert outbox.relay(office.database, broker.send) == 1
    assert broker.sent == [(job, ("first",))]


def test_what_is_rolled_back_no_courier_takes(office: Office, broker: Broker) -> None:
    job = office.submit()
    with suppress(ZeroDivisionError), office.database.transaction() as session:
        outbox.put(session, job, ["first"], courier=outbox.Courier(office.database, broker.send))
        raise ZeroDivisionError
    assert broker.sent == []


def test_whoever_relays_hears_that_something_was_put(office: Office) -> None:
    bell = Bell(office.database, outbox.CHANNEL)
    assert not bell.wait(0.0)
    office.submit()
    assert bell.wait(PATIENCE)
    assert not bell.wait(0.0)
    bell.close()


def test_every_wake_up_belongs_to_the_trace_of_its_job(office: Office) -> None:
    trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
    job = office.submit()
    office.change(job, traceparent=trace)
    office.empty_outbox()
    assert office.sweep(patience=0.0).woken == 1
    with office.database.transaction() as session:
        outbox.put(session, job, ["first"])
        outbox.ask_for_help(session, job, "first", 2)
    seen: list[str | None] = []
    outbox.relay(office.database, lambda job, stages, helpers, parent: seen.append(parent))
    assert seen == [trace] * 3
