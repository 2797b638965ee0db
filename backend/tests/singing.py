"""A stage whose parts each sing a word, for tests of parts."""

from collections.abc import Callable

from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.artifact import Artifact, FileRef, Params
from noteai.engine.division import help_out
from noteai.engine.events import Event
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Taken
from noteai.engine.run import Run, World, run_stage
from noteai.engine.stage import Context, part, stage
from noteai.engine.workflow import workflow
from noteai.errors import InputError


class Text(Artifact):
    words: tuple[str, ...]


class Word(Artifact):
    word: str


class Sung(Artifact):
    sound: str
    file: FileRef

    @property
    def is_degraded(self) -> bool:
        return "?" in self.sound


class Song(Artifact):
    sounds: tuple[str, ...]


class SongParams(Params):
    loudness: int = 1
    title: str = ""


class Hoarse(InputError):
    """It cannot be sung."""

    hint = "Rest."


class Voice:
    """A resource that remembers what it sang, and can be told to misbehave."""

    identity = "voice@1"

    def __init__(self) -> None:
        self.sung: list[str] = []
        self.then: Callable[[str, Context], None] = lambda _, __: None


@part(version="1")
def sing(order: Word, voice: Voice, ctx: Context) -> Sung:
    ctx.progress(0.5)
    voice.then(order.word, ctx)
    voice.sung.append(order.word)
    ctx.charge(0.5)
    path = ctx.workdir / "sound"
    path.write_text(order.word.upper())
    return Sung(sound=path.read_text(), file=ctx.keep(path, "text/plain"))


@stage(version="1", parts=(sing,))
def song(text: Text, params: SongParams, voice: Voice, ctx: Context) -> Song:
    orders = [Word(word=word) for word in text.words]
    return Song(sounds=tuple(each.sound for each in ctx.each(sing, orders)))


OPERA = workflow("opera", Text, (song,))


class Ear:
    def __init__(self) -> None:
        self.heard: list[float] = []

    def emit(self, event: Event) -> None:
        if event.kind == "stage_progressed":
            self.heard.append(event.fraction)


def again(world: World) -> World:
    """The same store, seen by a run that starts anew."""
    return World(world.store, MemoryLedger(), Ear(), world.resources, world.scratch)


def run_of(*words: str, **params: object) -> Run:
    knobs = SongParams.model_validate(params)
    return Run("r", OPERA, {Text: Text(words=words)}, {"song": knobs})


def done(world: World, *words: str, **params: object) -> Manifest:
    run_stage(run_of(*words, **params), "song", world)
    manifest = world.ledger.records("r")["song"].manifest
    assert manifest
    return manifest


def sounds(manifest: Manifest) -> tuple[str, ...]:
    return Song.model_validate_json(manifest.output).sounds


def raising(error: Exception, at: str) -> Callable[[str, Context], None]:
    def then(word: str, _: Context) -> None:
        if word == at:
            raise error

    return then


def helped(world: World) -> Taken | None:
    """What a helper takes, and does."""
    taken = world.parts.help("r", "song")
    if taken:
        help_out(run_of(), taken, world)
    return taken
