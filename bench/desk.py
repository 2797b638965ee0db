"""A stage's context over a folder."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from noteai.adapters.folder_store import FolderStore
from noteai.engine.artifact import Artifact, FileRef, Params
from noteai.engine.call import prepare_part
from noteai.engine.desk import open_desk
from noteai.engine.ports import Resource
from noteai.engine.stage import Made, as_part


class Desk:
    """Nobody listens, and nothing is charged. Parts are done one after another."""

    def __init__(self, workdir: Path, resources: Mapping[Any, Resource] | None = None) -> None:
        self.workdir = workdir
        self._resources = resources or {}
        self._store = FolderStore(workdir / "store")

    def fetch(self, ref: FileRef) -> Path:
        return self._store.fetch(ref, self.workdir)

    def keep(self, path: Path, media_type: str) -> FileRef:
        return self._store.put(path, media_type)

    def progress(self, fraction: float) -> None:
        pass

    def charge(self, dollars: float) -> None:
        pass

    def each(
        self, part: Callable[..., Made], orders: Sequence[Artifact], until: float = 1.0
    ) -> tuple[Made, ...]:
        made = tuple(self._one(part, order) for order in orders)
        self.progress(until)
        return made

    def _one(self, part: Callable[..., Any], order: Artifact) -> Any:
        call = prepare_part(as_part(part), order, Params(), self._resources)
        scratch, nobody = self.workdir / "parts", threading.Event()
        with open_desk(scratch, "part", self._store, nobody, self.progress) as at:
            return call.perform(at)

    def adopt(self, path: Path) -> FileRef:
        """Refer to a file where it lies."""
        return self._store.adopt(path, "application/octet-stream")


@contextmanager
def desk(resources: Mapping[Any, Resource] | None = None) -> Iterator[Desk]:
    with TemporaryDirectory() as folder:
        yield Desk(Path(folder), resources)
