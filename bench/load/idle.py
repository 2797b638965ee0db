"""A workflow in the shape of the highlights, whose stages do nothing or sleep for a moment."""

# ruff: noqa: ARG001, ARG002 - what a stage takes says where it stands, and none of these looks at it
import time
from pathlib import Path
from uuid import UUID

from noteai.engine.artifact import Artifact, Digest, FileRef, Params
from noteai.engine.manifest import Manifest
from noteai.engine.ports import FileGone
from noteai.engine.stage import stage
from noteai.engine.workflow import workflow
from noteai.lecture.recording import Upload
from noteai.settings import Settings
from noteai.worker.trade import Equipment, Trade


class NapParams(Params):
    seconds: float = 0.0


class Opened(Artifact):
    slept: float = 0.0


class Left(Opened): ...


class Middle(Opened): ...


class Right(Opened): ...


class Joined(Opened): ...


class Chosen(Opened): ...


class Made(Opened): ...


@stage(version="1")
def opened(upload: Upload, params: NapParams) -> Opened:
    return Opened(slept=_nap(params))


@stage(version="1")
def left(opened: Opened, params: NapParams) -> Left:
    return Left(slept=_nap(params))


@stage(version="1")
def middle(opened: Opened, params: NapParams) -> Middle:
    return Middle(slept=_nap(params))


@stage(version="1")
def right(opened: Opened, params: NapParams) -> Right:
    return Right(slept=_nap(params))


@stage(version="1")
def joined(left: Left | None, middle: Middle, right: Right | None, params: NapParams) -> Joined:
    return Joined(slept=_nap(params))


@stage(version="1")
def chosen(joined: Joined, middle: Middle, left: Left | None, params: NapParams) -> Chosen:
    return Chosen(slept=_nap(params))


@stage(version="1")
def made(
    opened: Opened, chosen: Chosen, middle: Middle, right: Right | None, params: NapParams
) -> Made:
    return Made(slept=_nap(params))


IDLE = workflow("idle", Upload, (opened, left, middle, right, joined, chosen, made))


class Nowhere:
    """A store that has nothing and keeps nothing: no stage is answered from a cache."""

    def put(self, path: Path, media_type: str) -> FileRef:
        raise NotImplementedError

    def has(self, ref: FileRef) -> bool:
        return False

    def fetch(self, ref: FileRef, into: Path) -> Path:
        raise FileGone(digest=ref.digest)

    def load(self, key: Digest) -> Manifest | None:
        return None

    def save(self, manifest: Manifest) -> None:
        return None


def furnish(settings: Settings) -> Equipment:
    return Equipment(store=_store, resources={})


TRADE = Trade({"idle": IDLE}, furnish)


def naps(seconds: float) -> dict[str, dict[str, float]]:
    """Parameters of a job each of whose stages sleeps so long."""
    return {name: {"seconds": seconds} for name in IDLE.names}


def _store(account: UUID) -> Nowhere:
    return Nowhere()


def _nap(params: NapParams) -> float:
    if params.seconds:
        time.sleep(params.seconds)
    return params.seconds
