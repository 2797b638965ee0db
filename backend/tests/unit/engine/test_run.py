from collections.abc import Callable
from pathlib import Path

import pytest

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.artifact import Artifact, FileRef, Params
from noteai.engine.events import Event
from noteai.engine.local import run_locally
from noteai.engine.ports import Attempt
from noteai.engine.run import Run, World, artifact, run_stage
from noteai.engine.stage import Context, stage
from noteai.engine.workflow import Workflow, workflow
from noteai.errors import Cancelled, InputError, NotApplicable, TransientError


class Text(Artifact):
    text: str


class Shout(Artifact):
    text: str
    file: FileRef

    @property
    def remarks(self) -> tuple[str, ...]:
        return ("shouted",)

    @property
    def is_degraded(self) -> bool:
        return "?" in self.text


class Count(Artifact):
    letters: int

    @property
    def is_empty(self) -> bool:
        return self.letters == 0


class ShoutParams(Params):
    marks: int = 1


class Unspeakable(InputError):
    """It cannot be said."""

    hint = "Say something else."
    exit_status = 99


class Voice:
    """A resource that can be told to misbehave."""

    identity = "voice@1"

    def __init__(self) -> None:
        self.calls = 0
        self.then: Callable[[Context], None] = lambda _: None

    def speak(self, ctx: Context) -> None:
        self.calls += 1
        self.then(ctx)


class Heard:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)

    @property
    def kinds(self) -> list[str]:
        return [f"{each.stage}:{each.kind}" for each in self.events]


@stage(version="1")
def shout(text: Text, params: ShoutParams, voice: Voice, ctx: Context) -> Shout:
    voice.speak(ctx)
    path = ctx.workdir / "said.txt"
    path.write_text(text.text.upper() + "!" * params.marks)
    return Shout(text=path.read_text(), file=ctx.keep(path, "text/plain"))


@stage(version="1")
def count(text: Text, shout: Shout | None) -> Count:
    return Count(letters=len(shout.text if shout else text.text))


WORKFLOW = workflow("loud", Text, (shout, count))


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def world(tmp_path: Path, voice: Voice) -> World:
    return World(
        store=FolderStore(tmp_path / "store"),
        ledger=MemoryLedger(),
        events=Heard(),
        resources={Voice: voice},
        scratch=tmp_path / "scratch",
    )


def again(world: World) -> World:
    """The same store, seen by a run that starts anew."""
    return World(world.store, MemoryLedger(), Heard(), world.resources, world.scratch)


def run_of(text: str, workflow: Workflow = WORKFLOW, **params: Params) -> Run:
    return Run("r1", workflow, {Text: Text(text=text)}, params)


def raising(error: Exception) -> Callable[[Context], None]:
    def then(_: Context) -> None:
        raise error

    return then


def test_a_run_does_every_stage_and_tells(world: World) -> None:
    run = run_of("hi")
    outcome = run_locally(run, world)
    assert outcome.state == "completed"
    assert outcome.warnings == ("shouted",)
    assert artifact(run, world, Count) == Count(letters=3)
    assert isinstance(world.events, Heard)
    assert world.events.kinds == [
        "shout:stage_started",
        "shout:stage_done",
        "count:stage_started",
        "count:stage_done",
        ":run_ended",
    ]


def test_a_second_run_finds_everything(world: World, voice: Voice) -> None:
    run_locally(run_of("hi"), world)
    warm = again(world)
    run = run_of("hi")
    assert run_locally(run, warm).state == "completed"
    assert voice.calls == 1
    assert {
        each.manifest.source for each in warm.ledger.records("r1").values() if each.manifest
    } == {"cached"}


def test_a_second_best_answer_is_not_kept(world: World, voice: Voice) -> None:
    assert run_locally(run_of("hi?"), world).degraded
    run_locally(run_of("hi?"), again(world))
    assert voice.calls == 2


def test_other_params_are_another_question(world: World, voice: Voice) -> None:
    run_locally(run_of("hi"), world)
    run_locally(run_of("hi", shout=ShoutParams(marks=3)), again(world))
    assert voice.calls == 2


def test_a_stage_reads_the_file_that_an_earlier_one_kept(world: World) -> None:
    @stage(version="1")
    def measure(shout: Shout, ctx: Context) -> Count:
        return Count(letters=len(ctx.fetch(shout.file).read_text()))

    run = run_of("hi", workflow("echo", Text, (shout, measure)))
    run_locally(run, world)
    assert artifact(run, world, Count) == Count(letters=len("HI!"))


def test_an_entry_whose_file_is_gone_is_a_miss(world: World, voice: Voice, tmp_path: Path) -> None:
    run_locally(run_of("hi"), world)
    for path in (tmp_path / "store" / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    run_locally(run_of("hi"), again(world))
    assert voice.calls == 2


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


def test_an_empty_result_is_an_end_of_its_own(world: World, voice: Voice) -> None:
    voice.then = raising(NotApplicable(reason="it is silent"))
    assert run_locally(run_of(""), world).state == "completed_empty"


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


def test_a_stopped_run_stops_at_the_next_progress(world: World, voice: Voice) -> None:
    def stop(ctx: Context) -> None:
        world.cancelled.set()
        ctx.progress(0.5)

    voice.then = stop
    with pytest.raises(Cancelled):
        run_locally(run_of("hi"), world)
    assert world.ledger.records("r1")["shout"].state == "ready"


def test_a_stale_attempt_tells_of_no_end(world: World, voice: Voice) -> None:
    def lose(_: Context) -> None:
        world.ledger.release(Attempt("r1", "shout", 1))
        world.ledger.claim("r1", "shout")

    voice.then = lose
    run_stage(run_of("hi"), "shout", world)
    assert isinstance(world.events, Heard)
    assert world.events.kinds == ["shout:stage_started"]
    assert world.ledger.records("r1")["shout"].state == "running"


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


def test_what_a_stage_cost_is_written_down(world: World, voice: Voice) -> None:
    def pay(ctx: Context) -> None:
        ctx.charge(0.25)
        ctx.charge(0.5)

    voice.then = pay
    run_locally(run_of("hi"), world)
    manifest = world.ledger.records("r1")["shout"].manifest
    assert manifest is not None
    assert manifest.cost == 0.75


def test_progress_never_goes_backwards(world: World, voice: Voice) -> None:
    def wander(ctx: Context) -> None:
        for fraction in (0.5, 0.2, 1.4):
            ctx.progress(fraction)

    voice.then = wander
    run_locally(run_of("hi"), world)
    assert isinstance(world.events, Heard)
    told = [each.fraction for each in world.events.events if each.kind == "stage_progressed"]
    assert told == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("error", [Unspeakable(), ZeroDivisionError(), None])
def test_no_scratch_is_left(world: World, voice: Voice, error: Exception | None) -> None:
    if error:
        voice.then = raising(error)
    run_locally(run_of("hi"), world)
    assert list(world.scratch.iterdir()) == []


def test_a_stage_that_has_ended_is_not_done_again(world: World, voice: Voice) -> None:
    run = run_of("hi")
    run_stage(run, "shout", world)
    run_stage(run, "shout", world)
    assert voice.calls == 1
