from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from noteai.live.backlog import Backlog, Event

ROOMY = 10_000


def event(seq: int, kind: str = "stage_done", stage: str = "a") -> Event:
    return {"seq": seq, "kind": kind, "stage": stage}


def drained(backlog: Backlog) -> list[Event]:
    return list(iter(backlog.take, None))


def numbers(events: list[Event]) -> list[int]:
    return [each["seq"] for each in events]


def test_events_in_order_are_passed_on() -> None:
    backlog = Backlog(ROOMY)
    for seq in (1, 2, 3):
        backlog.hear(event(seq))
    assert drained(backlog) == [event(1), event(2), event(3)]
    assert backlog.is_drained


def test_events_that_the_reader_knows_are_dropped() -> None:
    backlog = Backlog(ROOMY)
    backlog.hear(event(1))
    backlog.hear(event(3))
    backlog.begin(2)
    backlog.hear(event(2))
    assert numbers(drained(backlog)) == [3]


def test_a_lost_event_is_a_gap_until_it_is_filled() -> None:
    backlog = Backlog(ROOMY)
    backlog.hear(event(1))
    backlog.hear(event(3))
    assert numbers(drained(backlog)) == [1]
    assert backlog.has_gap
    backlog.fill([event(2), event(3)])
    assert not backlog.has_gap
    assert numbers(drained(backlog)) == [2, 3]


def test_an_event_that_nobody_heard_is_a_gap_once_it_is_known_of() -> None:
    backlog = Backlog(ROOMY)
    assert not backlog.has_gap
    backlog.note(1)
    assert backlog.has_gap
    assert not backlog.is_drained


def test_a_reader_who_falls_behind_gets_the_newest_progress_of_each_stage() -> None:
    backlog = Backlog(3)
    for seq, stage in enumerate("abaab", 1):
        backlog.hear(event(seq, "stage_progressed", stage))
    got = drained(backlog)
    assert [(each["seq"], each.get("skipped", 0)) for each in got] == [(2, 1), (4, 1), (5, 0)]
    assert not backlog.is_overfull


def test_a_reader_for_whom_that_does_not_help_is_overfull() -> None:
    backlog = Backlog(3)
    for seq in range(1, 5):
        backlog.hear(event(seq))
    assert backlog.is_overfull
    assert backlog.take() is None


def test_behind_a_gap_events_are_forgotten_and_fetched_again() -> None:
    backlog = Backlog(3)
    for seq in range(2, 9):
        backlog.hear(event(seq))
    assert not backlog.is_overfull
    assert backlog.has_gap
    backlog.fill(event(seq) for seq in range(1, 9))
    assert numbers(drained(backlog)) == list(range(1, 9))


kinds = st.sampled_from(["stage_progressed", "stage_started", "stage_done"])
histories = st.lists(st.tuples(kinds, st.sampled_from("ab")), min_size=1, max_size=30)


def of(history: list[tuple[str, str]]) -> list[Event]:
    return [event(seq, *each) for seq, each in enumerate(history, 1)]


def read(backlog: Backlog, told: list[Event], data: Any) -> list[Event]:
    """A reader who is told of events in any order, some never, some twice."""
    heard = data.draw(st.lists(st.sampled_from(told), max_size=60))
    got = []
    for each in heard:
        backlog.hear(each)
        if data.draw(st.booleans()):
            got += drained(backlog)
    backlog.note(len(told))
    while True:
        got += drained(backlog)
        if not backlog.has_gap:
            return got
        page = data.draw(st.integers(1, 5))
        backlog.fill(told[backlog.last : backlog.last + page])


@given(histories, st.data())
def test_any_order_loss_and_doubling_gives_the_exact_sequence(
    history: list[tuple[str, str]], data: Any
) -> None:
    backlog = Backlog(ROOMY)
    assert read(backlog, of(history), data) == of(history)
    assert backlog.is_drained


@given(histories, st.integers(0, 30), st.data())
def test_a_reader_who_knows_a_part_gets_exactly_the_rest(
    history: list[tuple[str, str]], after: int, data: Any
) -> None:
    told = of(history)
    backlog = Backlog(ROOMY)
    backlog.begin(min(after, len(told)))
    assert read(backlog, told, data) == told[after:]


@given(histories, st.integers(1, 6), st.data())
def test_however_little_room_there_is_only_progress_is_passed_over(
    history: list[tuple[str, str]], room: int, data: Any
) -> None:
    told = of(history)
    backlog = Backlog(room)
    got = read(backlog, told, data)
    if backlog.is_overfull:
        return
    assert all(
        later["seq"] == earlier["seq"] + later.get("skipped", 0) + 1
        for earlier, later in pairwise([{"seq": 0}, *got])
    )
    missing = {each["seq"] for each in told} - set(numbers(got))
    assert all(told[seq - 1]["kind"] == "stage_progressed" for seq in missing)
    for seq in missing:
        stage = told[seq - 1]["stage"]
        assert any(
            each["seq"] > seq and each["kind"] == "stage_progressed" and each["stage"] == stage
            for each in got
        )


@given(histories, st.integers(1, 6), st.data())
def test_no_more_events_wait_than_there_is_room_for(
    history: list[tuple[str, str]], room: int, data: Any
) -> None:
    backlog = Backlog(room)
    for each in data.draw(st.lists(st.sampled_from(of(history)), max_size=60)):
        backlog.hear(each)
        assert len(backlog._waiting) <= room
