"""Whoever ends a stage goes on with the next, if it is alone and of a queue served there."""

from uuid import UUID

import pytest
from jobbing import WORKFLOWS, Office, manifest
from statements import counted

from noteai.engine.ports import Attempt
from noteai.jobs.advance import Mover, Onward
from noteai.jobs.ledger import SqlLedger
from noteai.jobs.records import read


@pytest.fixture
def job(office: Office) -> UUID:
    return office.submit()


def going_on(office: Office, *queues: str) -> SqlLedger:
    """A ledger of a process that serves these queues, and has nobody who sends."""
    ledger = office.ledger()
    onward = Onward(ledger.claimant, lambda queue: queue in queues)
    return ledger.advancing(Mover(office.journal, WORKFLOWS, onward=onward))


@pytest.fixture
def joined(office: Office, job: UUID) -> Attempt:
    """An attempt at the stage before the last."""
    office.do(job, "first")
    office.do(job, "left", "right")
    office.empty_outbox()
    return office.claimed(job, "joined")


def test_a_stage_that_becomes_ready_alone_is_claimed_in_the_same_transaction(
    office: Office, job: UUID, joined: Attempt
) -> None:
    ledger = going_on(office, "default")
    with counted(office.database) as seen:
        assert ledger.done(joined, manifest("joined"))
    assert len(seen) == 3, seen
    assert ledger.next
    assert (ledger.next.stage, ledger.next.attempt) == ("last", 1)
    assert office.states(job)["last"] == "running"
    assert office.outbox() == []
    assert office.kinds(job)[-3:] == ["stage_done", "stage_ready", "stage_started"]


def test_what_is_claimed_knows_what_has_ended(office: Office, job: UUID, joined: Attempt) -> None:
    ledger = going_on(office, "default")
    ledger.done(joined, manifest("joined"))
    assert ledger.next
    found = read(ledger.next.records)
    assert found == {name: office.ledger().records(str(job))[name] for name in found}
    assert set(found) == {"first", "left", "right", "joined"}


def test_it_is_told_by_whoever_holds_it(office: Office, job: UUID, joined: Attempt) -> None:
    ledger = going_on(office, "default")
    ledger.done(joined, manifest("joined"))
    assert "stage_done" not in [said["kind"] for _, said in office.published[-2:]]
    assert ledger.next
    ledger.hold(ledger.next)
    told = [message["kind"] for at, message in office.published if at == job]
    assert told[-3:] == office.kinds(job)[-3:] == ["stage_done", "stage_ready", "stage_started"]


def test_a_stage_of_a_queue_that_is_served_elsewhere_is_sent(
    office: Office, job: UUID, joined: Attempt
) -> None:
    ledger = going_on(office, "media", "speech")
    assert ledger.done(joined, manifest("joined"))
    assert ledger.next is None
    assert office.states(job)["last"] == "ready"
    assert office.outbox() == [["last"]]


def test_a_wave_is_sent_to_all(office: Office, job: UUID) -> None:
    ledger = going_on(office, "media", "speech", "vision", "default")
    assert ledger.done(office.claimed(job, "first"), manifest("first"))
    assert ledger.next is None
    assert office.states(job) | {"left": "ready", "right": "ready"} == office.states(job)


def test_after_the_stages_of_a_wave_the_next_is_claimed_by_whoever_advances(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    for name in ("left", "right"):
        assert office.ledger().done(office.claimed(job, name), manifest(name))
    ledger = office.ledger()
    onward = Onward(ledger.claimant, lambda _: True)
    claimed = ledger.advance(job, Mover(office.journal, WORKFLOWS, onward=onward))
    assert claimed
    assert (claimed.stage, office.states(job)["joined"]) == ("joined", "running")
    assert ledger.advance(job, Mover(office.journal, WORKFLOWS, onward=onward)) is None


def test_a_cancelled_job_goes_on_with_nothing(office: Office, job: UUID, joined: Attempt) -> None:
    office.cancel(job)
    ledger = going_on(office, "default")
    assert not ledger.done(joined, manifest("joined"))
    assert ledger.next is None
    assert office.states(job)["last"] == "cancelled"
