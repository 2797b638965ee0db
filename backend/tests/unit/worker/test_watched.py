"""The ledger as a worker's stage sees it."""

from collections.abc import Mapping

import pytest

from noteai.adapters.memory_ledger import MemoryLedger
from noteai.database import DatabaseUnavailable
from noteai.engine.events import Failure
from noteai.engine.ports import Attempt, StageRecord
from noteai.worker import watched
from noteai.worker.vigil import Rhythm, Vigil
from noteai.worker.watched import WatchedLedger

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
