"""Wake-ups: what is sent for a wave."""

from typing import Any
from uuid import UUID

import pytest
from celery.canvas import Signature, chord

from noteai.lecture.recording import Recording
from noteai.worker.app import BEGUN, NEW, make_app
from noteai.worker.canvas import Way, releaser, sender, wake, ways_of
from noteai.workflows import HIGHLIGHTS

JOB = UUID(int=7)
APP = make_app("redis://nowhere:1/0", "noteai:", 60.0)
WAYS = {"silence": Way("media"), "transcript": Way("speech")}


def shown(signature: Signature) -> tuple[str, tuple[Any, ...], str]:
    return signature.task, tuple(signature.args), signature.options["queue"]


def test_a_single_stage_is_a_task_on_its_queue() -> None:
    woken = wake(APP, WAYS, JOB, ["transcript"])
    assert shown(woken) == ("noteai.stage", (str(JOB), "transcript"), "speech")


def test_a_wave_is_a_chord_whose_body_advances_the_job() -> None:
    woken = wake(APP, WAYS, JOB, ["silence", "transcript"])
    assert isinstance(woken, chord)
    assert [shown(each) for each in woken.tasks] == [
        ("noteai.stage", (str(JOB), "silence"), "media"),
        ("noteai.stage", (str(JOB), "transcript"), "speech"),
    ]
    assert shown(woken.body) == ("noteai.advance", (str(JOB),), "default")


def test_the_body_does_not_take_what_the_header_returns() -> None:
    assert wake(APP, WAYS, JOB, ["silence", "transcript"]).body.immutable


def test_a_stage_that_no_workflow_knows_goes_to_the_default_queue() -> None:
    assert wake(APP, WAYS, JOB, ["retired"]).options["queue"] == "default"


def test_the_queues_are_those_of_the_agents() -> None:
    ways = ways_of([HIGHLIGHTS])
    assert set(ways) == set(HIGHLIGHTS.names)
    assert ways["transcript"].queue == HIGHLIGHTS.stage("transcript").queue


def test_what_a_job_begins_with_waits_for_what_was_begun() -> None:
    ways = ways_of([HIGHLIGHTS])
    assert [name for name, way in ways.items() if way.priority == NEW] == ["recording"]
    woken = wake(APP, ways, JOB, ["recording"])
    assert woken.options["priority"] > wake(APP, ways, JOB, ["clips"]).options["priority"]


def test_a_stage_that_only_some_workflows_begin_with_does_not_wait() -> None:
    again = HIGHLIGHTS.given_also(Recording)
    for workflows in ([HIGHLIGHTS, again], [again, HIGHLIGHTS]):
        assert ways_of(workflows)["silence"].priority == BEGUN


def test_what_is_woken_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(self: Signature) -> None:
        sent.append(self)

    monkeypatch.setattr(Signature, "apply_async", send)
    sender(APP, WAYS)(JOB, ["silence"])
    assert [shown(each) for each in sent] == [("noteai.stage", (str(JOB), "silence"), "media")]


def test_helpers_are_asked_for_by_as_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(self: Signature) -> None:
        sent.append(self)

    monkeypatch.setattr(Signature, "apply_async", send)
    sender(APP, WAYS)(JOB, ["transcript"], 2)
    asked = ("noteai.help", (str(JOB), "transcript"), "speech")
    assert [shown(each) for each in sent] == [asked, asked]


def test_a_canary_is_sent_through_its_queue_and_dies_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(self: Signature, **options: Any) -> None:
        sent.append((shown(self), options))

    monkeypatch.setattr(Signature, "apply_async", send)
    releaser(APP)("speech", 3, 120.0)
    assert sent == [(("noteai.canary", ("speech", 3), "speech"), {"expires": 120.0})]
