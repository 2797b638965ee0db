"""The vigil over an attempt: when it beats, and when it stops the attempt."""

import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe

import pytest

from noteai.database import DatabaseUnavailable
from noteai.engine.events import Event
from noteai.engine.ports import Attempt
from noteai.media import tool
from noteai.worker.vigil import Pace, Rhythm, Vigil

ATTEMPT = Attempt("job", "silence", 1)
SLOW = Rhythm(heartbeat=10, lease=45, progress=1)
QUICK = Rhythm(heartbeat=0.01, lease=60, progress=0.002, patience=60)
LIMIT = 10


@dataclass
class Heart:
    """Answers as told, and remembers what it was asked."""

    answers: list[str] = field(default_factory=list)
    is_down: bool = False
    beats: list[float] = field(default_factory=list)
    beaten: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def heartbeat(self, attempt: Attempt, fraction: float) -> str:
        self.beats.append(fraction)
        self.beaten.set()
        if self.is_down:
            raise DatabaseUnavailable
        return self.answers.pop(0) if self.answers else "go_on"

    def release(self, attempt: Attempt) -> bool:
        if self.is_down:
            raise DatabaseUnavailable
        self.released.set()
        return True


def progressed(fraction: float) -> Event:
    return Event(kind="stage_progressed", run="job", stage="silence", fraction=fraction)


def lifeline() -> tuple[Connection, Connection]:
    return Pipe(duplex=False)


def test_a_beat_is_due_after_the_heartbeat() -> None:
    pace = Pace(SLOW, beaten_at=100.0)
    assert not pace.is_due(109.9, 0.0)
    assert pace.is_due(110.0, 0.0)


def test_progress_is_told_once_a_second_at_most() -> None:
    pace = Pace(SLOW, beaten_at=100.0)
    assert not pace.is_due(100.9, 0.3)
    assert pace.is_due(101.0, 0.3)
    pace.beat(101.0, 0.3)
    assert not pace.is_due(101.9, 0.4)
    assert pace.is_due(102.0, 0.4)


def test_progress_too_small_to_see_waits_for_the_heartbeat() -> None:
    pace = Pace(SLOW, beaten_at=100.0, told=0.5)
    assert not pace.is_due(105.0, 0.501)
    assert pace.is_due(110.0, 0.501)


def test_a_lease_is_lost_when_nothing_was_heard_for_as_long() -> None:
    pace = Pace(SLOW, beaten_at=100.0)
    assert not pace.is_lost(145.0)
    assert pace.is_lost(145.1)


def test_an_attempt_that_goes_well_is_left_alone() -> None:
    heart = Heart()
    vigil = Vigil(heart, QUICK)
    vigil.begin(ATTEMPT)
    assert heart.beaten.wait(LIMIT)
    vigil.end()
    assert not vigil.cancelled.is_set()
    assert not heart.released.is_set()


def test_progress_reaches_the_heart() -> None:
    heart = Heart()
    vigil = Vigil(heart, QUICK)
    vigil.begin(ATTEMPT)
    vigil.emit(progressed(0.25))
    while 0.25 not in heart.beats:
        heart.beaten.clear()
        assert heart.beaten.wait(LIMIT)
    vigil.end()


def test_what_the_ledger_tells_is_not_told_again() -> None:
    vigil = Vigil(Heart(), QUICK)
    vigil.emit(Event(kind="stage_done", run="job", stage="silence", fraction=1.0))
    assert vigil._fraction == 0.0


def test_told_to_stop_it_stops_the_attempt_and_gives_it_back() -> None:
    heart = Heart(answers=["stop"])
    vigil = Vigil(heart, QUICK)
    vigil.begin(ATTEMPT)
    assert heart.released.wait(LIMIT)
    assert vigil.cancelled.is_set()
    vigil.end()


def test_a_worker_that_leaves_gives_back_at_once() -> None:
    watched, held = lifeline()
    heart = Heart()
    vigil = Vigil(heart, SLOW, watched)
    vigil.begin(ATTEMPT)
    held.close()
    assert heart.released.wait(LIMIT)
    vigil.end()


def test_without_a_database_for_a_whole_lease_the_attempt_is_stopped() -> None:
    vigil = Vigil(Heart(is_down=True), QUICK.model_copy(update={"lease": 0.02}))
    vigil.begin(ATTEMPT)
    assert vigil.cancelled.wait(LIMIT)
    vigil.end()


def test_a_database_that_is_away_for_less_than_a_lease_stops_nothing() -> None:
    heart = Heart(is_down=True)
    vigil = Vigil(heart, QUICK)
    vigil.begin(ATTEMPT)
    assert heart.beaten.wait(LIMIT)
    heart.is_down = False
    heart.beaten.clear()
    assert heart.beaten.wait(LIMIT)
    vigil.end()
    assert not vigil.cancelled.is_set()


def test_a_process_that_slept_past_its_lease_is_stopped_by_its_own_next_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vigil = Vigil(Heart(), SLOW)
    vigil.begin(ATTEMPT)
    vigil._pace.beaten_at -= SLOW.lease + 1
    vigil.emit(progressed(0.5))
    assert vigil.cancelled.is_set()
    vigil.end()


def test_a_stage_that_does_not_heed_is_ended_with_its_process() -> None:
    ended = threading.Event()
    vigil = Vigil(
        Heart(answers=["stop"]),
        QUICK.model_copy(update={"patience": 0.0}),
        end_process=lambda _: ended.set(),
    )
    vigil.begin(ATTEMPT)
    assert ended.wait(LIMIT)
    vigil.end()


def test_after_the_end_programs_may_start_again() -> None:
    heart = Heart(answers=["stop"])
    vigil = Vigil(heart, QUICK)
    vigil.begin(ATTEMPT)
    assert heart.released.wait(LIMIT)
    assert tool._gate.is_shut
    vigil.end()
    assert not tool._gate.is_shut


def test_an_attempt_that_was_never_made_ends_quietly() -> None:
    Vigil(Heart(), QUICK).end()
