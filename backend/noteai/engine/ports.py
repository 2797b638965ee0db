"""What the engine asks of the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from noteai.engine.artifact import Digest, FileRef
from noteai.engine.events import Event, Failure
from noteai.engine.manifest import Manifest

StageState = Literal["ready", "running", "done", "skipped", "failed"]


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
    """Which stage of which run ended how. A stale attempt changes nothing."""

    def claim(self, run: str, stage: str) -> Attempt | None:
        """Count an attempt before its work; None where the stage is taken or has ended."""
        ...

    def done(self, attempt: Attempt, manifest: Manifest) -> None: ...
    def skipped(self, attempt: Attempt, why: Failure) -> None: ...
    def failed(self, attempt: Attempt, why: Failure) -> None: ...
    def release(self, attempt: Attempt) -> None:
        """Give the stage back, to be claimed again."""
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
