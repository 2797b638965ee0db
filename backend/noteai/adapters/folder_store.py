"""An `ArtifactStore` in a folder."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from noteai.engine.artifact import Digest, FileRef
from noteai.engine.manifest import Manifest
from noteai.engine.ports import FileGone


class FolderStore:
    """Files as `files/ab/abcd...`, manifests as `manifests/ab/abcd....json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, path: Path, media_type: str) -> FileRef:
        ref = reference(path, media_type)
        place = self._file(ref.digest)
        if not place.exists():
            with _appearing(place) as hidden:
                shutil.copyfile(path, hidden)
        return ref

    def adopt(self, path: Path, media_type: str) -> FileRef:
        """Refer to a file where it lies, without a copy: it must stay until the run ends."""
        ref = reference(path, media_type)
        place = self._file(ref.digest)
        if place.is_symlink() or not place.exists():
            with _appearing(place) as hidden:
                hidden.symlink_to(path.resolve())
        return ref

    def has(self, ref: FileRef) -> bool:
        try:
            return self._file(ref.digest).stat().st_size == ref.size
        except FileNotFoundError:
            return False

    def fetch(self, ref: FileRef, into: Path) -> Path:
        if not self.has(ref):
            raise FileGone(digest=ref.digest)
        name = into / ref.digest
        if not name.is_symlink():
            name.symlink_to(self._file(ref.digest).resolve())
        return name

    def load(self, key: Digest) -> Manifest | None:
        try:
            return Manifest.model_validate_json(self._manifest(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, manifest: Manifest) -> None:
        with _appearing(self._manifest(manifest.key)) as hidden:
            hidden.write_text(manifest.model_dump_json(), encoding="utf-8")

    def path(self, ref: FileRef) -> Path:
        """Where a file lies, to be read only."""
        return self._file(ref.digest)

    def _file(self, digest: Digest) -> Path:
        return self.folder / "files" / digest[:2] / digest

    def _manifest(self, key: Digest) -> Path:
        return self.folder / "manifests" / key[:2] / f"{key}.json"


@contextmanager
def _appearing(place: Path) -> Iterator[Path]:
    """A hidden name beside `place` that takes its place when the block ends well."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as folder:
        hidden = Path(folder) / place.name
        yield hidden
        os.replace(hidden, place)  # noqa: PTH105 - also replaces a dangling link


def reference(path: Path, media_type: str) -> FileRef:
    """What a file is called in any store."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileRef(digest=digest, media_type=media_type, size=path.stat().st_size)
