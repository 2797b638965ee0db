import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.live.eta import StagePace, remaining, speed, stage_remaining

fractions = st.floats(0, 1)
seconds = st.floats(0, 1e5)
paces = st.builds(
    StagePace,
    st.sampled_from(["blocked", "ready", "running", "done", "failed"]),
    fractions,
    st.none() | seconds,
    st.none() | seconds,
)


def test_an_ended_stage_takes_no_more_time() -> None:
    assert stage_remaining(StagePace("done", 1.0, 30.0, 60.0)) == 0
    assert stage_remaining(StagePace("skipped")) == 0


def test_a_stage_that_waits_takes_what_it_took_before() -> None:
    assert stage_remaining(StagePace("blocked", expected=60.0)) == 60


def test_a_stage_without_a_past_is_not_guessed_at() -> None:
    assert stage_remaining(StagePace("ready")) is None
    assert stage_remaining(StagePace("running", 0.01, 5.0)) is None


def test_a_running_stage_goes_on_at_its_own_pace() -> None:
    assert stage_remaining(StagePace("running", 0.25, 10.0)) == pytest.approx(30)


def test_a_stage_that_has_just_begun_is_judged_by_its_past() -> None:
    assert stage_remaining(StagePace("running", 0.0, 3.0, 60.0)) == 60
    assert stage_remaining(StagePace("running", 0.02, 3.0, 100.0)) == pytest.approx(98)


def test_the_further_a_stage_is_the_more_its_own_pace_counts() -> None:
    slow = [StagePace("running", done, done * 200, 100.0) for done in (0.1, 0.5, 0.9)]
    shares = [(stage_remaining(each) or 0) / (100 * (1 - each.fraction)) for each in slow]
    assert shares == pytest.approx([1.1, 1.5, 1.9])


def test_stages_of_a_wave_run_side_by_side() -> None:
    stages = {
        "a": StagePace("ready", expected=5.0),
        "b": StagePace("ready", expected=20.0),
        "c": StagePace("blocked", expected=7.0),
    }
    assert remaining([("a", "b"), ("c",)], stages) == 27


def test_one_unknown_stage_makes_the_whole_unknown() -> None:
    stages = {"a": StagePace("ready", expected=5.0), "b": StagePace("ready")}
    assert remaining([("a", "b")], stages) is None


def test_stages_that_a_job_does_not_have_are_passed_over() -> None:
    assert remaining([("a",), ("b",)], {"b": StagePace("ready", expected=4.0)}) == 4


@given(st.dictionaries(st.sampled_from("abc"), paces))
def test_what_remains_is_unknown_or_not_negative(stages: dict[str, StagePace]) -> None:
    left = remaining([("a", "b"), ("c",)], stages)
    assert left is None or left >= 0


@given(fractions.filter(lambda f: f < 1), st.floats(0, 0.5), seconds, seconds)
def test_progress_in_no_time_never_puts_the_end_off(
    fraction: float, more: float, elapsed: float, expected: float
) -> None:
    before = StagePace("running", fraction, elapsed, None)
    after = StagePace("running", min(1.0, fraction + more), elapsed, None)
    first, second = stage_remaining(before), stage_remaining(after)
    assert first is None or (second is not None and second <= first)


def test_speed_is_recording_a_second_of_work() -> None:
    assert speed(StagePace("running", 0.5, 10.0), 600.0) == 30
    assert speed(StagePace("running", 0.5, 10.0), None) is None
    assert speed(StagePace("running", 0.0, 10.0), 600.0) is None
    assert speed(StagePace("ready"), 600.0) is None
