"""The ledger as a worker's stage sees it."""

from collections.abc import Mapping, Sequence

import pytest

from noteai.adapters.memory_ledger import MemoryLedger
from noteai.database import DatabaseUnavailable
from noteai.engine.events import Failure
from noteai.engine.own_parts import OwnParts
from noteai.engine.ports import Attempt, PartOrder, PartStanding, StageRecord, Taken
from noteai.errors import Cancelled
from noteai.worker import watched
from noteai.worker.vigil import Rhythm, Vigil
from noteai.worker.watched import PartHeart, WatchedLedger, WatchedParts

WHY = Failure(code="broken", message="It broke.", remedy="Mend it.")


class Ledger(MemoryLedger):
    """In memory, with a database that goes away for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.outage = 0
        self.reads = 0

    def heartbeat(self, attempt: Attempt, fraction: float) -> str:
        return "go_on"

    def failed(self, attempt: Attempt, why: Failure) -> bool:
        if self.outage:
            self.outage -= 1
            raise DatabaseUnavailable
        return super().failed(attempt, why)

    def records(self, run: str) -> Mapping[str, StageRecord]:
        self.reads += 1
        return super().records(run)


@pytest.fixture
def inner() -> Ledger:
    return Ledger()


@pytest.fixture
def vigil(inner: Ledger) -> Vigil:
    return Vigil(inner, Rhythm())


@pytest.fixture
def ledger(inner: Ledger, vigil: Vigil) -> WatchedLedger:
    return WatchedLedger(inner, vigil)


def claimed(ledger: WatchedLedger) -> Attempt:
    attempt = ledger.claim("job", "silence")
    assert attempt
    return attempt


def state(inner: Ledger) -> str:
    return MemoryLedger.records(inner, "job")["silence"].state


def test_a_claim_begins_the_vigil(ledger: WatchedLedger, vigil: Vigil) -> None:
    claimed(ledger)
    assert vigil._thread
    assert vigil._thread.is_alive()
    vigil.end()


def test_what_came_with_a_claim_is_not_asked_for(
    inner: Ledger, vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(MemoryLedger, "records")
    why = {"code": "tired", "message": "No.", "remedy": "", "exit_status": 1}
    ledger = WatchedLedger(inner, vigil, None, {"layout": ("failed", None, why)})
    (found,) = ledger.records("job").values()
    assert (found.state, found.failure and found.failure.code) == ("failed", "tired")


def test_what_was_claimed_before_is_given_out_once_and_watched(inner: Ledger, vigil: Vigil) -> None:
    before = inner.claim("job", "silence")
    ledger = WatchedLedger(inner, vigil, before)
    assert vigil._thread
    assert ledger.claim("job", "silence") == before
    assert ledger.claim("job", "silence") is None
    vigil.end()


def test_where_there_is_nothing_to_claim_nothing_begins(
    ledger: WatchedLedger, inner: Ledger, vigil: Vigil
) -> None:
    inner.claim("job", "silence")
    assert ledger.claim("job", "silence") is None
    assert vigil._thread is None


def test_an_end_is_written(ledger: WatchedLedger, inner: Ledger, vigil: Vigil) -> None:
    ledger.failed(claimed(ledger), WHY)
    assert state(inner) == "failed"
    vigil.end()


def test_an_attempt_that_was_stopped_writes_nothing(
    ledger: WatchedLedger, inner: Ledger, vigil: Vigil
) -> None:
    attempt = claimed(ledger)
    vigil.cancelled.set()
    assert not ledger.failed(attempt, WHY)
    assert not ledger.put_off(attempt, WHY)
    assert state(inner) == "running"
    vigil.end()


def test_an_end_is_written_when_the_database_is_back(
    ledger: WatchedLedger, inner: Ledger, vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "_PAUSE", 0.001)
    attempt = claimed(ledger)
    inner.outage = 3
    ledger.failed(attempt, WHY)
    assert state(inner) == "failed"
    vigil.end()


def test_an_attempt_that_was_stopped_is_given_back(
    ledger: WatchedLedger, inner: Ledger, vigil: Vigil
) -> None:
    attempt = claimed(ledger)
    vigil.cancelled.set()
    ledger.release(attempt)
    assert state(inner) == "ready"
    vigil.end()


def test_what_others_made_is_read_once(ledger: WatchedLedger, inner: Ledger) -> None:
    assert ledger.records("job") is ledger.records("job")
    assert inner.reads == 1


@pytest.mark.parametrize("code", ["no_space_left", "no_memory_left"])
def test_what_another_stage_may_have_used_up_is_waited_for(
    inner: Ledger, ledger: WatchedLedger, code: str
) -> None:
    lacking = Failure(code=code, message="It is full.", remedy="Make room.")
    assert ledger.failed(claimed(ledger), lacking)
    assert inner.records("job")["silence"] == StageRecord("ready", failure=lacking)


class Row(OwnParts):
    """In memory, with a database that goes away for a while."""

    outage = 0

    def standing(self, attempt: Attempt) -> Sequence[PartStanding]:
        if self.outage:
            self.outage -= 1
            raise DatabaseUnavailable
        return super().standing(attempt)

    def release(self, taken: Taken) -> bool:
        if self.outage:
            raise DatabaseUnavailable
        return super().release(taken)

    def close(self, attempt: Attempt) -> None:
        if self.outage:
            raise DatabaseUnavailable
        super().close(attempt)


ATTEMPT = Attempt("job", "silence", 1)
ORDER = PartOrder(0, "slice", {})


@pytest.fixture
def row() -> Row:
    made = Row()
    made.offer(ATTEMPT, [ORDER])
    return made


def test_parts_are_asked_about_until_the_database_answers(
    row: Row, vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "_PAUSE", 0.001)
    row.outage = 3
    assert WatchedParts(row, vigil).standing(ATTEMPT) == [PartStanding(0, "ready")]
    assert row.outage == 0


def test_an_attempt_that_was_stopped_is_told_so_by_its_parts(row: Row, vigil: Vigil) -> None:
    vigil.cancelled.set()
    with pytest.raises(Cancelled):
        WatchedParts(row, vigil).take(ATTEMPT)


def test_a_part_is_given_back_by_one_that_was_stopped(row: Row, vigil: Vigil) -> None:
    taken = row.take(ATTEMPT)
    assert taken
    vigil.cancelled.set()
    assert WatchedParts(row, vigil).release(taken)
    assert row.standing(ATTEMPT)[0].state == "ready"


def test_leaving_does_not_wait_for_the_database(row: Row, vigil: Vigil) -> None:
    taken = row.take(ATTEMPT)
    assert taken
    row.outage = 1
    parts = WatchedParts(row, vigil)
    assert not parts.release(taken)
    parts.close(ATTEMPT)


def test_the_heart_of_a_helper_beats_for_its_part(row: Row) -> None:
    taken = row.help("job", "silence")
    assert taken
    heart = PartHeart(row, taken)
    assert heart.heartbeat(ATTEMPT, 0.5) == "go_on"
    assert row.standing(ATTEMPT)[0].fraction == 0.5
    assert heart.release(ATTEMPT)
    assert heart.heartbeat(ATTEMPT, 0.5) == "stop"
