"""The context of a stage or part: a folder of its own, the store, a line to whoever waits."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noteai.engine.artifact import Artifact, Digest, FileRef
from noteai.engine.ports import ArtifactStore
from noteai.engine.stage import Part, WiringError, as_part
from noteai.errors import Cancelled

Divide = Callable[["Desk", Part, Sequence[Artifact], float], Sequence[Artifact]]
"""Has parts done: what each of them gives, in order. What they kept and cost goes to the desk."""


@dataclass
class Desk:
    """`say` hears how far the work is."""

    workdir: Path
    store: ArtifactStore
    cancelled: threading.Event
    say: Callable[[float], None]
    divide: Divide | None = None
    """None where the work is a part, which is not divided any further."""
    kept: list[FileRef] = field(default_factory=list)
    parts: list[Digest] = field(default_factory=list)
    """Keys of the parts that were done for it."""
    cost: float = 0.0
    peak_memory: int = 0
    """Bytes, of whoever did parts of this work."""
    reached: float = 0.0

    def fetch(self, ref: FileRef) -> Path:
        return self.store.fetch(ref, self.workdir)

    def keep(self, path: Path, media_type: str) -> FileRef:
        self.kept.append(self.store.put(path, media_type))
        return self.kept[-1]

    def progress(self, fraction: float) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        self.reached = max(self.reached, min(1.0, fraction))
        self.say(self.reached)

    def charge(self, dollars: float) -> None:
        self.cost += dollars

    def each(
        self, part: Callable[..., Any], orders: Sequence[Artifact], until: float = 1.0
    ) -> tuple[Any, ...]:
        if self.divide is None:
            raise WiringError("a part has no parts")
        return tuple(self.divide(self, as_part(part), orders, until))


@contextmanager
def open_desk(
    scratch: Path,
    name: str,
    store: ArtifactStore,
    cancelled: threading.Event,
    say: Callable[[float], None],
    divide: Divide | None = None,
) -> Iterator[Desk]:
    """A desk whose folder is gone afterwards."""
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=scratch))
    try:
        yield Desk(folder, store, cancelled, say, divide)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
