"""A stage's context over a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from noteai.adapters.folder_store import FolderStore
from noteai.engine.artifact import FileRef


class Desk:
    """Nobody listens, and nothing is charged."""

    def __init__(self, workdir: Path) -> None:
        self.workdir = workdir
        self._store = FolderStore(workdir / "store")

    def fetch(self, ref: FileRef) -> Path:
        return self._store.fetch(ref, self.workdir)

    def keep(self, path: Path, media_type: str) -> FileRef:
        return self._store.put(path, media_type)

    def progress(self, fraction: float) -> None:
        pass

    def charge(self, dollars: float) -> None:
        pass

    def adopt(self, path: Path) -> FileRef:
        """Refer to a file where it lies."""
        return self._store.adopt(path, "application/octet-stream")


@contextmanager
def desk() -> Iterator[Desk]:
    with TemporaryDirectory() as folder:
        yield Desk(Path(folder))
