"""How a run goes on where a stage fails, stumbles or is stopped."""

import pytest
from shouting import Count, Shout, Text, Unspeakable, Voice, raising, run_of, shout

from noteai.engine.local import run_locally
from noteai.engine.run import World, run_stage
from noteai.engine.stage import Context, stage
from noteai.engine.workflow import workflow
from noteai.errors import Cancelled, NotApplicable, TransientError


def test_a_stage_that_fails_takes_only_its_dependants_along(world: World, voice: Voice) -> None:
    voice.then = raising(Unspeakable())
    outcome = run_locally(run_of("hi"), world)
    assert (outcome.state, outcome.degraded) == ("completed", True)
    assert outcome.failures["shout"].code == "unspeakable"
    assert outcome.failures["shout"].remedy == "Say something else."


def test_a_run_whose_last_stage_lacks_what_it_needs_has_failed(world: World, voice: Voice) -> None:
    @stage(version="1")
    def measure(shout: Shout) -> Count:
        return Count(letters=len(shout.text))

    voice.then = raising(Unspeakable())
    outcome = run_locally(run_of("hi", workflow("strict", Text, (shout, measure))), world)
    assert outcome.state == "failed"
    assert list(outcome.failures) == ["shout"]
    assert world.ledger.records("r1")["measure"].state == "skipped"


def test_the_cause_is_what_the_last_stage_could_not_do_without(world: World) -> None:
    @stage(version="1")
    def sigh(text: Text) -> Shout:
        raise ZeroDivisionError

    @stage(version="1")
    def measure(text: Text, shout: Shout | None) -> Count:
        raise Unspeakable

    outcome = run_locally(run_of("hi", workflow("broken", Text, (sigh, measure))), world)
    assert list(outcome.failures) == ["sigh", "measure"]
    assert outcome.cause == outcome.failures["measure"]


def test_a_bug_shows_none_of_its_insides(world: World, voice: Voice) -> None:
    voice.then = raising(ZeroDivisionError("secret 42"))
    outcome = run_locally(run_of("hi"), world)
    assert outcome.failures["shout"].code == "internal_error"
    assert "secret" not in outcome.failures["shout"].message


def test_a_stage_with_nothing_to_do_is_skipped_and_not_degraded(world: World, voice: Voice) -> None:
    voice.then = raising(NotApplicable(reason="it is silent"))
    outcome = run_locally(run_of("hi"), world)
    assert (outcome.state, outcome.degraded, outcome.failures) == ("completed", False, {})
    assert world.ledger.records("r1")["shout"].state == "skipped"


def test_what_may_heal_is_tried_again(
    world: World, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)

    def heal(_: Context) -> None:
        if voice.calls < 3:
            raise TransientError(reason="busy")

    voice.then = heal
    outcome = run_locally(run_of("hi"), world)
    assert (outcome.state, outcome.failures, voice.calls) == ("completed", {}, 3)


def test_what_does_not_heal_fails_in_the_end(
    world: World, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    voice.then = raising(TransientError(reason="busy"))
    outcome = run_locally(run_of("hi"), world)
    assert outcome.failures["shout"].code == "transient_error"
    assert world.events.kinds.count("shout:stage_failed") == 1  # type: ignore[attr-defined]


def test_a_stopped_run_stops_at_the_next_progress(world: World, voice: Voice) -> None:
    def stop(ctx: Context) -> None:
        world.cancelled.set()
        ctx.progress(0.5)

    voice.then = stop
    with pytest.raises(Cancelled):
        run_locally(run_of("hi"), world)
    assert world.ledger.records("r1")["shout"].state == "ready"


def test_what_has_to_heal_is_put_off_with_its_reason(world: World, voice: Voice) -> None:
    voice.then = raising(TransientError(reason="busy"))
    with pytest.raises(TransientError):
        run_stage(run_of("hi"), "shout", world)
    record = world.ledger.records("r1")["shout"]
    assert record.state == "ready"
    assert record.failure is not None
    assert record.failure.code == "transient_error"


def test_a_result_that_cannot_be_written_down_fails_the_stage(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise LookupError

    monkeypatch.setattr(world.ledger, "done", refuse)
    run_stage(run_of("hi"), "shout", world)
    record = world.ledger.records("r1")["shout"]
    assert record.failure is not None
    assert record.failure.code == "internal_error"


@pytest.mark.parametrize("error", [Unspeakable(), ZeroDivisionError(), None])
def test_no_scratch_is_left(world: World, voice: Voice, error: Exception | None) -> None:
    if error:
        voice.then = raising(error)
    run_locally(run_of("hi"), world)
    assert list(world.scratch.iterdir()) == []
