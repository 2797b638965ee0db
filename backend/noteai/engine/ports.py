"""What the engine asks of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from noteai.engine.artifact import Digest, FileRef
from noteai.engine.events import Event, Failure
from noteai.engine.manifest import Manifest
from noteai.errors import InputError

StageState = Literal["ready", "running", "done", "skipped", "failed"]


class FileGone(InputError):
    """A file that this run needs is no longer in the store: {digest}."""

    hint = "Run the command again: what is missing is made anew."
    exit_status = 40


class ArtifactStore(Protocol):
    """Files by content and manifests by key. Entries appear whole or not at all."""

    def put(self, path: Path, media_type: str) -> FileRef:
        """Keep a copy of a file."""
        ...

    def has(self, ref: FileRef) -> bool: ...
    def fetch(self, ref: FileRef, into: Path) -> Path:
        """The file under some name in the folder `into`, to be read only.

        Raises:
            FileGone: it is not in the store.
        """
        ...

    def load(self, key: Digest) -> Manifest | None:
        """None where there is none that can be read: a miss."""
        ...

    def save(self, manifest: Manifest) -> None: ...


@dataclass(frozen=True)
class Attempt:
    """The right to work on a stage: `number` is the fencing token."""

    run: str
    stage: str
    number: int


@dataclass(frozen=True)
class StageRecord:
    """How a stage of a run stands."""

    state: StageState
    manifest: Manifest | None = None
    failure: Failure | None = None


class Ledger(Protocol):
    """Which stage of which run ended how.

    What is written of an attempt answers whether it was in force: a stale one changes nothing.
    """

    def claim(self, run: str, stage: str) -> Attempt | None:
        """Count an attempt before its work; None where the stage is taken or has ended."""
        ...

    def done(self, attempt: Attempt, manifest: Manifest) -> bool: ...
    def skipped(self, attempt: Attempt, why: Failure) -> bool: ...
    def failed(self, attempt: Attempt, why: Failure) -> bool: ...
    def put_off(self, attempt: Attempt, why: Failure) -> bool:
        """The world has to heal first: to be claimed again, perhaps later, or it has failed."""
        ...

    def release(self, attempt: Attempt) -> bool:
        """Give the stage back as if it had not been tried."""
        ...

    def records(self, run: str) -> Mapping[str, StageRecord]: ...


PartState = Literal["ready", "running", "done", "own"]
"""`own`: to be done by the holder of its stage and by nobody else."""


@dataclass(frozen=True)
class PartOrder:
    """What is to be made: `part` is the name of one of the stage's, `order` is as JSON."""

    number: int
    part: str
    order: dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """The right to do a part of an attempt's work: `take` is its fencing token."""

    attempt: Attempt
    order: PartOrder
    take: int


@dataclass(frozen=True)
class PartStanding:
    number: int
    state: PartState
    fraction: float = 0.0
    cost: float = 0.0
    """US dollars that were paid for it in this attempt."""


class Parts(Protocol):
    """Who does which part of an attempt at a stage.

    The holder of the attempt offers parts, does what is left, and closes; helpers take what is
    free meanwhile. Results are in the store, not here. What is written of a part answers whether
    it was still held: one that was taken over changes nothing.
    """

    def offer(self, attempt: Attempt, orders: Sequence[PartOrder]) -> bool:
        """Let others help; False where the attempt is not in force. Replaces older offers."""
        ...

    def take(self, attempt: Attempt) -> Taken | None:
        """The holder's next: a free one, one that was left to it, or one whose helper died."""
        ...

    def help(self, run: str, stage: str) -> Taken | None:
        """A helper's next: a free one of the attempt that is in force."""
        ...

    def beat(self, taken: Taken, fraction: float) -> bool:
        """Say how far a part is; False where it must not go on."""
        ...

    def done(self, taken: Taken, cost: float) -> bool: ...
    def leave(self, taken: Taken) -> bool:
        """Leave it to the holder, who will see what is wrong with it."""
        ...

    def release(self, taken: Taken) -> bool:
        """Give it back for whoever comes next."""
        ...

    def standing(self, attempt: Attempt) -> Sequence[PartStanding]:
        """Of all that was offered, by number; nothing where the attempt is not in force."""
        ...

    def close(self, attempt: Attempt) -> None:
        """Forget what this attempt and those before it offered."""
        ...


class EventSink(Protocol):
    def emit(self, event: Event) -> None: ...


class Resource(Protocol):
    """What agents borrow: cheap to name, and loaded at first use."""

    @property
    def identity(self) -> str:
        """Enters the cache key: whatever changes answers changes it."""
        ...
