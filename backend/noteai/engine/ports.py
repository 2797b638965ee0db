"""What the engine asks of the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

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


class EventSink(Protocol):
    def emit(self, event: Event) -> None: ...


class Resource(Protocol):
    """What agents borrow: cheap to name, and loaded at first use."""

    @property
    def identity(self) -> str:
        """Enters the cache key: whatever changes answers changes it."""
        ...
