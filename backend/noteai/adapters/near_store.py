"""An `ArtifactStore` that keeps what it fetched from a far one in a folder of this machine.

The stages of a lecture fetch the same recording one after another, and each clip does so again:
from the far store it comes once. Files are linked into a stage's folder, so that one that is
thrown out here stays there for as long as it is used.
"""

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from noteai.engine.artifact import Digest, FileRef
from noteai.engine.manifest import Manifest
from noteai.engine.ports import ArtifactStore

_NOT_HERE = {errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EPERM, errno.ENOSPC, errno.EDQUOT}
"""What says that a file cannot be kept or linked, and not that it cannot be had."""


_FORGOTTEN = 6 * 3600.0
"""Seconds after which nobody fetches any more what was begun."""


@dataclass(frozen=True)
class NearStore:
    """Any number of processes and threads may share `folder`, an account's own in `owner`."""

    far: ArtifactStore
    folder: Path
    owner: str
    room: int
    """Bytes; the files that were not fetched for longest are thrown out."""

    def put(self, path: Path, media_type: str) -> FileRef:
        return self.far.put(path, media_type)

    def has(self, ref: FileRef) -> bool:
        return self.far.has(ref)

    def fetch(self, ref: FileRef, into: Path) -> Path:
        place = into / ref.digest
        if place.exists():
            return place
        if ref.size <= self.room // 2:
            try:
                self._link(ref, place)
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
            else:
                return place
        return self.far.fetch(ref, into)

    def load(self, key: Digest) -> Manifest | None:
        return self.far.load(key)

    def save(self, manifest: Manifest) -> None:
        self.far.save(manifest)

    def _link(self, ref: FileRef, place: Path) -> None:
        kept = self.folder / self.owner / ref.digest
        kept.parent.mkdir(parents=True, exist_ok=True)
        with _alone(kept.with_name(f".{ref.digest[:2]}.lock")):
            if not kept.exists():
                self._bring(ref, kept)
            os.utime(kept)
            place.hardlink_to(kept)

    def _bring(self, ref: FileRef, kept: Path) -> None:
        _sweep(kept.parent, ref)
        folder = Path(tempfile.mkdtemp(dir=kept.parent, prefix=_begun(ref)))
        try:
            fetched = self.far.fetch(ref, folder).resolve()
            if fetched.parent != folder.resolve():  # a folder store's, which is near as it is
                raise OSError(errno.EXDEV, "not to be linked")
            fetched.chmod(0o444)
            self._make_room(ref.size)
            os.replace(fetched, kept)  # noqa: PTH105 - atomic
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _make_room(self, size: int) -> None:
        found = []
        for path in self.folder.glob("*/[0-9a-f]*"):
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime_ns, path.stat().st_size, path))
        excess = sum(each[1] for each in found) + size - self.room
        for _, freed, path in sorted(found):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= freed


def _begun(ref: FileRef) -> str:
    return f".new-{ref.digest[:2]}-"


def _sweep(folder: Path, ref: FileRef) -> None:
    """Remove what processes left that were killed: whoever holds the lock has begun nothing yet."""
    for path in folder.glob(".new-*"):
        with suppress(FileNotFoundError):
            is_old = time.time() - path.stat().st_mtime > _FORGOTTEN
            if is_old or path.name.startswith(_begun(ref)):
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process or thread at a time; the lock ends with who holds it."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
