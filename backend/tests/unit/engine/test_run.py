from pathlib import Path

from shouting import (
    Count,
    Heard,
    Shout,
    ShoutParams,
    Text,
    Voice,
    again,
    raising,
    run_of,
    shout,
)

from noteai.engine.local import run_locally
from noteai.engine.ports import Attempt
from noteai.engine.run import World, artifact, run_stage
from noteai.engine.stage import Context, stage
from noteai.engine.workflow import workflow
from noteai.errors import NotApplicable


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


def test_an_empty_result_is_an_end_of_its_own(world: World, voice: Voice) -> None:
    voice.then = raising(NotApplicable(reason="it is silent"))
    assert run_locally(run_of(""), world).state == "completed_empty"


def test_a_stale_attempt_tells_of_no_end(world: World, voice: Voice) -> None:
    def lose(_: Context) -> None:
        world.ledger.release(Attempt("r1", "shout", 1))
        world.ledger.claim("r1", "shout")

    voice.then = lose
    run_stage(run_of("hi"), "shout", world)
    assert isinstance(world.events, Heard)
    assert world.events.kinds == ["shout:stage_started"]
    assert world.ledger.records("r1")["shout"].state == "running"


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


def test_a_stage_that_has_ended_is_not_done_again(world: World, voice: Voice) -> None:
    run = run_of("hi")
    run_stage(run, "shout", world)
    run_stage(run, "shout", world)
    assert voice.calls == 1
