"""A small workflow of stages that only sleep, in the shape of the real one."""

import os
import sys
import time
from pathlib import Path
from typing import Literal
from uuid import UUID

from noteai.adapters.folder_store import FolderStore
from noteai.engine.artifact import Artifact, Params
from noteai.engine.ports import ArtifactStore
from noteai.engine.stage import Context, part, stage
from noteai.engine.workflow import workflow
from noteai.errors import InputError, TransientError
from noteai.lecture.recording import Upload
from noteai.media import tool
from noteai.objects import objects_of
from noteai.settings import Settings
from noteai.worker.trade import Equipment, Trade

_NAP = 0.05


class Tired(InputError):
    """This lecture cannot be slept through."""

    hint = "Wake up."


class SleepParams(Params):
    seconds: float = 0.0
    is_brief_again: bool = False
    """Sleeps the first time, and whoever does it after that does not."""
    manner: Literal["naps", "deep", "program"] = "naps"
    """`deep` never looks up, `program` sleeps in a foreign program."""
    fails: bool = False
    stumbles: int = 0
    """Times that a service does not answer before it does."""
    diary: str = ""
    """A file for what happened; also keeps the answers of one test from another's cache."""
    parts: int = 0
    """Of `middle`: how many times it sleeps so long, each time as a part."""
    is_loyal: bool = False
    """A part of `middle` is done by whoever holds the stage, and fails with everybody else."""


class First(Artifact):
    slept: float


class NapOrder(Artifact):
    """`name` is `middle.0`, `middle.1`, ..."""

    name: str
    params: SleepParams


class Nap(Artifact):
    slept: float


class Left(First): ...


class Middle(First): ...


class Right(First): ...


class Joined(First): ...


class Last(First): ...


def entries(diary: Path, what: str, name: str = "") -> list[list[str]]:
    """Lines of a diary, as (what, stage, process)."""
    lines = diary.read_text().splitlines() if diary.exists() else []
    found = [line.split() for line in lines]
    return [each for each in found if each[0] == what and name in ("", each[1])]


def _write(params: SleepParams, what: str, name: str) -> None:
    if params.diary:
        with Path(params.diary).open("a") as file:
            file.write(f"{what} {name} {os.getpid()}\n")


def _sleep(name: str, params: SleepParams, ctx: Context) -> float:
    _write(params, "began", name)
    times = len(entries(Path(params.diary), "began", name))
    seconds = 0.0 if params.is_brief_again and times > 1 else params.seconds
    if "opentelemetry" in sys.modules:
        _write(params, "knew-of-traces", name)
    if params.manner == "program":
        tool.run(tool.Command(program="sleep", args=(str(seconds),), folder=ctx.workdir))
    elif params.manner == "deep":
        time.sleep(seconds)
    else:
        _nap(seconds, ctx)
    if params.fails:
        raise Tired
    if times <= params.stumbles:
        raise TransientError(reason="asleep")
    _write(params, "finished", name)
    return seconds


def _nap(seconds: float, ctx: Context) -> None:
    naps = max(1, round(seconds / _NAP))
    for done in range(naps):
        time.sleep(seconds / naps)
        ctx.progress((done + 1) / naps)


@stage(version="1", queue="media")
def first(upload: Upload, params: SleepParams, ctx: Context) -> First:
    return First(slept=_sleep("first", params, ctx))


@stage(version="1", queue="media")
def left(first: First, params: SleepParams, ctx: Context) -> Left:
    return Left(slept=_sleep("left", params, ctx))


@part(version="1")
def nap(order: NapOrder, ctx: Context) -> Nap:
    if order.params.is_loyal and os.getpid() != int(_holder(order)):
        _write(order.params, "refused", order.name)
        raise Tired
    ctx.charge(0.5)
    return Nap(slept=_sleep(order.name, order.params, ctx))


def _holder(order: NapOrder) -> str:
    return entries(Path(order.params.diary), "began", "middle")[-1][2]


@stage(version="1", queue="speech", parts=(nap,))
def middle(first: First, params: SleepParams, ctx: Context) -> Middle:
    if not params.parts:
        return Middle(slept=_sleep("middle", params, ctx))
    _write(params, "began", "middle")
    names = [f"middle.{number}" for number in range(params.parts)]
    naps = ctx.each(nap, [NapOrder(name=name, params=params) for name in names])
    _write(params, "finished", "middle")
    return Middle(slept=sum(each.slept for each in naps))


@stage(version="1", queue="vision")
def right(first: First, params: SleepParams, ctx: Context) -> Right:
    return Right(slept=_sleep("right", params, ctx))


@stage(version="1", queue="language")
def joined(
    middle: Middle, left: Left | None, right: Right | None, params: SleepParams, ctx: Context
) -> Joined:
    return Joined(slept=_sleep("joined", params, ctx))


@stage(version="1")
def last(joined: Joined, params: SleepParams, ctx: Context) -> Last:
    return Last(slept=_sleep("last", params, ctx))


SLEEPY = workflow("sleepy", Upload, (first, left, middle, right, joined, last))


def furnish(settings: Settings) -> Equipment:
    def store(account: UUID) -> ArtifactStore:
        if settings.s3_endpoint:
            return objects_of(settings).store(account)
        return FolderStore(settings.cache_dir / "objects" / str(account))

    return Equipment(store=store, resources={})


TRADE = Trade({"sleepy": SLEEPY}, furnish)
