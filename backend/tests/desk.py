"""A stage's context for tests: a folder for a store, and an ear for what is said."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noteai.engine.artifact import Artifact, FileRef, Params
from noteai.engine.call import prepare_part
from noteai.engine.ports import Resource
from noteai.engine.stage import Made, as_part
from noteai.errors import Cancelled
from noteai.resources.models import sha256


@dataclass
class Desk:
    """Files lie in the workdir by their digest. Past `patience` the run counts as stopped.

    Parts are done at once, one after another; they borrow from `resources`.
    """

    workdir: Path = Path()
    heard: list[float] = field(default_factory=list)
    paid: float = 0.0
    patience: float = float("inf")
    resources: Mapping[Any, Resource] = field(default_factory=dict)
    shelf: Path | None = None
    """Where files lie, where that is not the workdir."""
    ordered: list[Artifact] = field(default_factory=list)
    """What parts were asked for."""

    def fetch(self, ref: FileRef) -> Path:
        return (self.shelf or self.workdir) / ref.digest

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

    def each(
        self, part: Callable[..., Made], orders: Sequence[Artifact], until: float = 1.0
    ) -> tuple[Made, ...]:
        self.ordered.extend(orders)
        return tuple(self._one(part, order) for order in orders)

    def _one(self, part: Callable[..., Any], order: Artifact) -> Any:
        call = prepare_part(as_part(part), order, Params(), self.resources)
        with tempfile.TemporaryDirectory(dir=self.workdir) as folder:
            desk = Desk(Path(folder), self.heard, patience=self.patience, shelf=self.workdir)
            made = call.perform(desk)
            self.charge(desk.paid)
            return made
