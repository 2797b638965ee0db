"""A stage that divides its work: its parts, one by one in the cache, done here or by helpers."""

from pathlib import Path

import pytest
from singing import (
    Ear,
    Hoarse,
    Song,
    SongParams,
    Sung,
    Text,
    Voice,
    Word,
    again,
    done,
    helped,
    raising,
    run_of,
    sing,
    song,
    sounds,
)

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.own_parts import OwnParts
from noteai.engine.ports import Attempt, PartOrder
from noteai.engine.run import Run, World, run_stage
from noteai.engine.stage import Context, WiringError, as_part, as_stage, part, stage
from noteai.engine.workflow import workflow
from noteai.errors import Cancelled, TransientError


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def world(tmp_path: Path, voice: Voice) -> World:
    store = FolderStore(tmp_path / "store")
    return World(store, MemoryLedger(), Ear(), {Voice: voice}, tmp_path / "scratch")


def test_what_parts_give_comes_in_the_order_of_the_orders(world: World) -> None:
    assert sounds(done(world, "do", "re", "mi")) == ("DO", "RE", "MI")


def test_without_orders_there_is_nothing_to_do(world: World, voice: Voice) -> None:
    assert sounds(done(world)) == ()
    assert voice.sung == []


def test_only_the_part_whose_order_changed_is_done_again(world: World, voice: Voice) -> None:
    done(world, "do", "re", "mi")
    assert sounds(done(again(world), "do", "ra", "mi")) == ("DO", "RA", "MI")
    assert voice.sung == ["do", "re", "mi", "ra"]


def test_params_that_a_part_does_not_take_are_not_in_its_key(world: World, voice: Voice) -> None:
    done(world, "do", "re")
    done(again(world), "do", "re", title="Scale")
    assert voice.sung == ["do", "re"]


def test_a_run_that_broke_off_goes_on_from_the_last_part(world: World, voice: Voice) -> None:
    voice.then = raising(TransientError(reason="a cough"), "mi")
    with pytest.raises(TransientError):
        run_stage(run_of("do", "re", "mi"), "song", world)
    voice.then = lambda _, __: None
    run_stage(run_of("do", "re", "mi"), "song", world)
    assert voice.sung == ["do", "re", "mi"]


def test_a_part_that_fails_fails_its_stage(world: World, voice: Voice) -> None:
    voice.then = raising(Hoarse(), "re")
    run_stage(run_of("do", "re"), "song", world)
    failure = world.ledger.records("r")["song"].failure
    assert failure
    assert failure.code == "hoarse"


def test_a_second_best_part_is_not_kept(world: World, voice: Voice) -> None:
    done(world, "do?", "re")
    done(again(world), "do?", "re", title="Again")
    assert voice.sung == ["do?", "re", "do?"]


def test_a_stage_answers_for_the_files_and_keys_of_its_parts(world: World, voice: Voice) -> None:
    manifest = done(world, "do", "re")
    assert len(manifest.files) == len(set(manifest.parts)) == 2
    assert isinstance(world.store, FolderStore)
    assert all(world.store.load(key) for key in manifest.parts)
    world.store.path(manifest.files[0]).unlink()
    done(again(world), "do", "re")
    assert voice.sung == ["do", "re", "do"]


def test_a_stage_costs_what_was_paid_for_its_parts_this_time(world: World) -> None:
    assert done(world, "do", "re").cost == 1.0
    assert done(again(world), "do", "re", "mi").cost == 0.5


def test_how_far_the_parts_are_adds_up(world: World) -> None:
    done(world, "do", "re")
    assert isinstance(world.events, Ear)
    assert world.events.heard == sorted(world.events.heard)
    assert {0.25, 0.5, 0.75, 1.0} <= set(world.events.heard)


def test_parts_may_take_a_stage_a_part_of_the_way(world: World) -> None:
    @stage(version="1", parts=(sing,))
    def aria(text: Text, voice: Voice, ctx: Context) -> Song:
        orders = [Word(word=word) for word in text.words]
        first = ctx.each(sing, orders[:1], 0.2)
        return Song(sounds=tuple(each.sound for each in (*first, *ctx.each(sing, orders[1:]))))

    run = Run("r", workflow("aria", Text, (aria,)), {Text: Text(words=("do", "re"))})
    run_stage(run, "aria", world)
    assert isinstance(world.events, Ear)
    assert {round(each, 3) for each in world.events.heard} >= {0.1, 0.2, 0.6, 1.0}


def test_a_helper_does_a_part_that_the_holder_then_finds(world: World, voice: Voice) -> None:
    def call_help(word: str, _: Context) -> None:
        if word == "do":
            assert helped(world)

    voice.then = call_help
    manifest = done(world, "do", "re", "mi")
    assert sounds(manifest) == ("DO", "RE", "MI")
    assert voice.sung == ["re", "do", "mi"]
    assert manifest.cost == 1.5
    assert helped(world) is None


def test_what_fails_with_a_helper_is_tried_by_the_holder(world: World, voice: Voice) -> None:
    def then(word: str, _: Context) -> None:
        if word == "do":
            voice.then = raising(Hoarse(), "re")
            assert helped(world)
            voice.then = lambda _, __: None

    voice.then = then
    assert sounds(done(world, "do", "re")) == ("DO", "RE")
    assert voice.sung == ["do", "re"]


def test_what_a_helper_did_second_best_is_made_by_the_holder(world: World, voice: Voice) -> None:
    def then(word: str, _: Context) -> None:
        if word == "do":
            voice.then = lambda _, __: None
            assert helped(world)

    voice.then = then
    assert sounds(done(world, "do", "re?")) == ("DO", "RE?")
    assert voice.sung == ["re?", "do", "re?"]


def test_a_result_that_got_lost_is_made_by_the_holder(world: World, voice: Voice) -> None:
    def then(word: str, _: Context) -> None:
        if word == "do":
            taken = world.parts.help("r", "song")
            assert taken
            world.parts.done(taken, 0.0)

    voice.then = then
    assert sounds(done(world, "do", "re")) == ("DO", "RE")
    assert voice.sung == ["do", "re"]


def test_a_helper_that_is_stopped_gives_its_part_back(world: World, voice: Voice) -> None:
    world.parts.offer(Attempt("r", "song", 1), [PartOrder(0, "sing", {"word": "do"})])
    world.cancelled.set()
    with pytest.raises(Cancelled):
        helped(world)
    (standing,) = world.parts.standing(Attempt("r", "song", 1))
    assert standing.state == "ready"
    assert voice.sung == []


def test_a_helper_of_another_version_leaves_what_it_does_not_know(world: World) -> None:
    world.parts.offer(Attempt("r", "song", 1), [PartOrder(0, "whistle", {"word": "do"})])
    helped(world)
    (standing,) = world.parts.standing(Attempt("r", "song", 1))
    assert standing.state == "own"


def test_a_holder_that_was_succeeded_stops(world: World, voice: Voice) -> None:
    def then(word: str, _: Context) -> None:
        world.parts.offer(Attempt("r", "song", 2), [PartOrder(0, "sing", {"word": "do"})])

    voice.then = then
    with pytest.raises(Cancelled):
        run_stage(run_of("do", "re"), "song", world)
    assert voice.sung == ["do"]
    assert len(world.parts.standing(Attempt("r", "song", 2))) == 1


def test_no_offer_and_no_scratch_is_left(world: World, voice: Voice) -> None:
    voice.then = raising(Hoarse(), "mi")
    run_stage(run_of("do", "re", "mi"), "song", world)
    assert isinstance(world.parts, OwnParts)
    assert not world.parts._rows
    assert not list(world.scratch.iterdir())


def test_an_undeclared_part_is_a_defect(world: World) -> None:
    @stage(version="1")
    def solo(text: Text, voice: Voice, ctx: Context) -> Song:
        ctx.each(sing, [Word(word="do")])
        raise NotImplementedError

    run_stage(Run("r", workflow("solo", Text, (solo,)), {Text: Text(words=())}), "solo", world)
    failure = world.ledger.records("r")["solo"].failure
    assert failure
    assert failure.code == "internal_error"


def test_a_part_has_no_parts(world: World) -> None:
    @part(version="1")
    def hum(order: Word, ctx: Context) -> Sung:
        return ctx.each(sing, [order])[0]

    @stage(version="1", parts=(hum, sing))
    def choir(text: Text, voice: Voice, ctx: Context) -> Song:
        return Song(sounds=tuple(each.sound for each in ctx.each(hum, [Word(word="do")])))

    run_stage(Run("r", workflow("choir", Text, (choir,)), {Text: Text(words=())}), "choir", world)
    assert world.ledger.records("r")["choir"].failure


def test_a_part_says_by_its_types_what_it_takes() -> None:
    made = as_part(sing)
    assert (made.name, made.order_name, made.order, made.gives) == ("sing", "order", Word, Sung)
    assert as_stage(song).part("sing") is made


def test_a_part_takes_one_order() -> None:
    def duet(one: Word, two: Text) -> Sung:
        raise NotImplementedError

    with pytest.raises(WiringError, match="one Artifact"):
        part(version="1")(duet)


def test_a_part_takes_the_params_of_its_stage_or_none() -> None:
    @part(version="1")
    def loudly(order: Word, params: SongParams) -> Sung:
        raise NotImplementedError

    def silent(text: Text) -> Song:
        raise NotImplementedError

    with pytest.raises(WiringError, match="Params of silent"):
        stage(version="1", parts=(loudly,))(silent)


def test_a_part_borrows_what_its_stage_borrows_whose_key_has_its_identity() -> None:
    @part(version="1")
    def loudly(order: Word, voice: Voice) -> Sung:
        raise NotImplementedError

    def silent(text: Text) -> Song:
        raise NotImplementedError

    with pytest.raises(WiringError, match="borrow what silent borrows"):
        stage(version="1", parts=(loudly,))(silent)


def test_a_plain_function_is_no_part() -> None:
    with pytest.raises(WiringError, match="@part"):
        as_part(lambda: Word(word=""))
