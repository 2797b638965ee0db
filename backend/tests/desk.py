"""A stage's context for tests: a folder for a store, and an ear for what is said."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from noteai.engine.artifact import FileRef
from noteai.errors import Cancelled
from noteai.resources.models import sha256


@dataclass
class Desk:
    """Files lie in the workdir by their digest. Past `patience` the run counts as stopped."""

    workdir: Path = Path()
    heard: list[float] = field(default_factory=list)
    paid: float = 0.0
    patience: float = float("inf")

    def fetch(self, ref: FileRef) -> Path:
        return self.workdir / ref.digest

    def keep(self, path: Path, media_type: str) -> FileRef:
        ref = FileRef(digest=sha256(path), media_type=media_type, size=path.stat().st_size)
        shutil.copyfile(path, self.fetch(ref))
        return ref

    def progress(self, fraction: float) -> None:
        assert fraction >= 0
        self.heard.append(fraction)
        if fraction > self.patience:
            raise Cancelled

    def charge(self, dollars: float) -> None:
        self.paid += dollars
