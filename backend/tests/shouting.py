"""A small workflow whose stage can be told to misbehave."""

from collections.abc import Callable

from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.artifact import Artifact, FileRef, Params
from noteai.engine.events import Event
from noteai.engine.run import Run, World
from noteai.engine.stage import Context, stage
from noteai.engine.workflow import Workflow, workflow
from noteai.errors import InputError


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


def again(world: World) -> World:
    """The same store, seen by a run that starts anew."""
    return World(world.store, MemoryLedger(), Heard(), world.resources, world.scratch)


def run_of(text: str, workflow: Workflow = WORKFLOW, **params: Params) -> Run:
    return Run("r1", workflow, {Text: Text(text=text)}, params)


def raising(error: Exception) -> Callable[[Context], None]:
    def then(_: Context) -> None:
        raise error

    return then
