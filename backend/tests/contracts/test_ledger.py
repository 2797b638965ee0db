"""What every `Ledger` does."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from jobbing import WHY, Office, at_once, manifest

from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.ports import Attempt, Ledger


@dataclass(frozen=True)
class Subject:
    """A ledger with two runs, of each of which the stages `left` and `right` are ready."""

    ledger: Ledger
    run: str
    other: str

    def claim(self) -> Attempt:
        attempt = self.ledger.claim(self.run, "left")
        assert attempt is not None
        return attempt

    def state(self) -> str:
        return self.ledger.records(self.run)["left"].state


@pytest.fixture(params=["memory", "sql"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "memory":
        return Subject(MemoryLedger(), "r", "other")
    office = Office(request.getfixturevalue("database"))
    runs = [office.submit() for _ in range(2)]
    for run in runs:
        office.do(run, "first")
    return Subject(office.ledger(), str(runs[0]), str(runs[1]))


ENDS: dict[str, Callable[[Ledger, Attempt], bool]] = {
    "done": lambda ledger, attempt: ledger.done(attempt, manifest("left")),
    "skipped": lambda ledger, attempt: ledger.skipped(attempt, WHY),
    "failed": lambda ledger, attempt: ledger.failed(attempt, WHY),
    "put_off": lambda ledger, attempt: ledger.put_off(attempt, WHY),
    "release": lambda ledger, attempt: ledger.release(attempt),
}


def test_a_stage_is_claimed_once(subject: Subject) -> None:
    first = subject.claim()
    assert (first.run, first.stage) == (subject.run, "left")
    assert subject.ledger.claim(subject.run, "left") is None
    assert subject.state() == "running"


def test_stages_and_runs_are_claimed_apart(subject: Subject) -> None:
    subject.claim()
    assert subject.ledger.claim(subject.run, "right") is not None
    assert subject.ledger.claim(subject.other, "left") is not None


def test_of_many_who_claim_at_once_one_gets_it(subject: Subject) -> None:
    got = at_once([lambda: subject.ledger.claim(subject.run, "left")] * 12)
    assert sum(each is not None for each in got) == 1


@pytest.mark.parametrize("end", ["put_off", "release"])
def test_what_was_given_back_is_claimed_with_a_higher_number(subject: Subject, end: str) -> None:
    before = subject.claim()
    assert ENDS[end](subject.ledger, before)
    assert subject.state() == "ready"
    assert subject.claim().number == before.number + 1


def test_what_was_done_has_its_manifest(subject: Subject) -> None:
    made = manifest("left", remark="So it was.")
    assert subject.ledger.done(subject.claim(), made)
    record = subject.ledger.records(subject.run)["left"]
    assert (record.state, record.manifest) == ("done", made)


@pytest.mark.parametrize("end", ["skipped", "failed"])
def test_what_has_no_result_says_why(subject: Subject, end: str) -> None:
    assert ENDS[end](subject.ledger, subject.claim())
    record = subject.ledger.records(subject.run)["left"]
    assert (record.state, record.failure, record.manifest) == (end, WHY, None)


@pytest.mark.parametrize("end", ["done", "skipped", "failed"])
@pytest.mark.parametrize("late", ENDS)
def test_an_end_is_an_end(subject: Subject, end: str, late: str) -> None:
    attempt = subject.claim()
    ENDS[end](subject.ledger, attempt)
    assert not ENDS[late](subject.ledger, attempt)
    assert subject.ledger.claim(subject.run, "left") is None
    assert subject.state() == end


@pytest.mark.parametrize("late", ENDS)
def test_a_stale_attempt_changes_nothing(subject: Subject, late: str) -> None:
    stale = subject.claim()
    subject.ledger.release(stale)
    fresh = subject.claim()
    assert not ENDS[late](subject.ledger, stale)
    assert subject.state() == "running"
    assert subject.ledger.skipped(fresh, WHY)
