"""What every `Ledger` does."""

import threading

import pytest

from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.events import Failure
from noteai.engine.ports import Attempt, Ledger

WHY = Failure(code="broken", message="It broke.", remedy="Mend it.")


@pytest.fixture(params=[MemoryLedger])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    made: Ledger = request.param()
    return made


def claimed(ledger: Ledger) -> Attempt:
    attempt = ledger.claim("r", "silence")
    assert attempt is not None
    return attempt


def test_a_stage_is_claimed_once(ledger: Ledger) -> None:
    assert claimed(ledger).number == 1
    assert ledger.claim("r", "silence") is None


def test_stages_and_runs_are_claimed_apart(ledger: Ledger) -> None:
    claimed(ledger)
    assert ledger.claim("r", "layout") is not None
    assert ledger.claim("other", "silence") is not None


def test_of_many_who_claim_at_once_one_gets_it(ledger: Ledger) -> None:
    got: list[Attempt | None] = []
    threads = [
        threading.Thread(target=lambda: got.append(ledger.claim("r", "silence"))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in got) == 1


def test_what_was_given_back_is_claimed_with_a_higher_number(ledger: Ledger) -> None:
    ledger.release(claimed(ledger))
    assert claimed(ledger).number == 2


def test_an_end_is_an_end(ledger: Ledger) -> None:
    ledger.failed(claimed(ledger), WHY)
    assert ledger.claim("r", "silence") is None
    assert ledger.records("r")["silence"].failure == WHY


def test_a_stale_attempt_changes_nothing(ledger: Ledger) -> None:
    stale = claimed(ledger)
    ledger.release(stale)
    fresh = claimed(ledger)
    ledger.failed(stale, WHY)
    assert ledger.records("r")["silence"].state == "running"
    ledger.skipped(fresh, WHY)
    assert ledger.records("r")["silence"].state == "skipped"
