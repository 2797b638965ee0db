"""How a job stands, told as what has happened since."""

from typing import Any

import pytest

from noteai.cli.send import Narrator
from noteai.engine.events import Event


def job(**stages: tuple[str, float]) -> dict[str, Any]:
    return {"id": "j", "stages": [stage(name, *facts) for name, facts in stages.items()]}


def stage(name: str, state: str, percent: float) -> dict[str, Any]:
    is_failed = state == "failed"
    return {
        "stage": name,
        "state": state,
        "percent": percent,
        "is_cached": state == "done" and name == "silence",
        "seconds": 2.0 if state == "done" else None,
        "failure": {"code": "c", "message": "m", "remedy": "r"} if is_failed else None,
    }


def told(*jobs: dict[str, Any]) -> list[Event]:
    heard: list[Event] = []
    narrator = Narrator(heard.append)
    for each in jobs:
        narrator.tell(each)
    return heard


def kinds(*jobs: dict[str, Any]) -> list[str]:
    return [event.kind for event in told(*jobs)]


def test_a_stage_that_waits_is_not_spoken_of() -> None:
    assert kinds(job(silence=("blocked", 0)), job(silence=("ready", 0))) == []


def test_nothing_is_told_twice() -> None:
    half = job(silence=("running", 50))
    assert kinds(half, half) == ["stage_started", "stage_progressed"]


def test_a_stage_that_began_and_ended_unseen_is_told_whole() -> None:
    assert kinds(job(silence=("done", 100))) == ["stage_started", "stage_done"]


def test_a_stage_that_is_tried_again_starts_again() -> None:
    running, ready = job(silence=("running", 0)), job(silence=("ready", 0))
    assert kinds(running, ready, running) == ["stage_started", "stage_started"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [("done", "stage_done"), ("failed", "stage_failed"), ("skipped", "stage_skipped")],
)
def test_ends_keep_their_names(state: str, kind: str) -> None:
    assert kinds(job(silence=("running", 0)), job(silence=(state, 100)))[-1] == kind


def test_an_event_has_what_the_display_shows() -> None:
    done = told(job(silence=("done", 100)))[-1]
    assert (done.fraction, done.seconds, done.source) == (1.0, 2.0, "cached")
    failed = told(job(layout=("failed", 10)))[-1]
    assert failed.failure is not None
    assert failed.failure.message == "m"
