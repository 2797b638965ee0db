"""A folder whose files appear whole or not at all.

Everything is written into a hidden folder beside its place and renamed from there. A list
of the files that are ours lies in the folder: a later run replaces those, removes the ones
that it no longer has, and touches nothing else.
"""

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from noteai.errors import InputError, NoSpaceLeft

OWNED = ".noteai.json"
_PREFIX = ".noteai-new-"
_LEFT_BEHIND = 3600.0
_FULL = frozenset([errno.ENOSPC, errno.EDQUOT])


class OutputNotWritable(InputError):
    """The output folder {path} cannot be written to: {reason}."""

    hint = "Choose a folder of your own with --out, or change the permissions of this one."
    exit_status = 73  # EX_CANTCREAT of sysexits.h


class OutputOccupied(InputError):
    """The output folder has a file that was not written by NoteAI: {path}."""

    hint = "Move that file away, or choose another folder with --out."
    exit_status = 74


class Staging:
    """Files on their way into `out`."""

    def __init__(self, out: Path, hidden: Path) -> None:
        self.out = out
        self.hidden = hidden
        self._names: set[str] = set()

    def text(self, name: str, text: str) -> None:
        """A file in UTF-8 with Unix line ends."""
        with _answering(self.out):
            self._at(name).write_text(text, encoding="utf-8", newline="\n")

    def link(self, name: str, source: Path) -> None:
        """A big file that nobody edits in place: the same file under a second name if it may be."""
        original = source.resolve(strict=True)
        with _answering(self.out):
            place = self._at(name)
            try:
                place.hardlink_to(original)
            except OSError:
                shutil.copyfile(original, place)

    def copy(self, name: str, source: Path) -> None:
        """A file that may be edited, so never one with the original."""
        original = source.resolve(strict=True)
        with _answering(self.out):
            shutil.copyfile(original, self._at(name))

    def commit(self, of: str) -> None:
        """Put everything in its place, `index.html` last, and remove what is outdated.

        `of` says what was written, for `is_current`.

        Raises:
            OutputOccupied: a file is in the way that is not ours; then nothing has changed.
        """
        with _answering(self.out):
            owned = read_owned(self.out)
            self._refuse_strangers(owned)
            self._record(owned | self._names, "")
            for name in sorted(self._names, key=lambda each: (each == "index.html", each)):
                (self.out / name).parent.mkdir(exist_ok=True)
                (self.hidden / name).replace(self.out / name)
            _remove(self.out, owned - self._names)
            self._record(self._names, of)

    def _at(self, name: str) -> Path:
        self._names.add(name)
        place = self.hidden / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _refuse_strangers(self, owned: set[str]) -> None:
        for name in sorted(self._names - owned):
            if os.path.lexists(self.out / name):
                raise OutputOccupied(path=self.out / name)

    def _record(self, names: set[str], of: str) -> None:
        fresh = self.hidden / OWNED
        facts = {name: _fingerprint(self.out / name) for name in sorted(names)}
        fresh.write_text(json.dumps({"version": 1, "of": of, "files": facts}), encoding="utf-8")
        fresh.replace(self.out / OWNED)


@contextmanager
def staged(out: Path) -> Iterator[Staging]:
    """Files to be committed to `out`; when the block is left without, nothing has changed there.

    Raises:
        OutputNotWritable: `out` is a file, or may not be written to.
        NoSpaceLeft: the disk is full.
    """
    is_new = not out.exists()
    with _answering(out):
        out.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        hidden = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=out))
    try:
        yield Staging(out, hidden)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # not empty: the run went well
                out.rmdir()


def check_writable(out: Path) -> None:
    """Find out now what would else be found out at the end of the run.

    Raises: as `staged`.
    """
    with staged(out):
        pass


def put_in_place(folder: Path, out: Path, of: str) -> None:
    """The files of `folder` in `out`, where those of an earlier time were.

    Raises: as `staged` and `Staging.commit`.
    """
    with staged(out) as staging:
        for path in (each for each in folder.rglob("*") if each.is_file() and each.name != OWNED):
            staging.link(path.relative_to(folder).as_posix(), path)
        staging.commit(of)


def read_owned(out: Path) -> set[str]:
    """The files in `out` that an earlier run wrote; paths that lead elsewhere are not believed."""
    return {name for name in _read_record(out)["files"] if _is_inside(name)}


def is_current(out: Path, of: str) -> bool:
    """Whether `out` holds what `commit(of)` put there, and no file was changed since."""
    record = _read_record(out)
    files = record["files"]
    return record["of"] == of and all(_fingerprint(out / name) == files[name] for name in files)


def _read_record(out: Path) -> dict[str, Any]:
    try:
        said = json.loads((out / OWNED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        said = None
    is_ours = isinstance(said, dict) and isinstance(said.get("files"), dict)
    return {"of": None} | said if is_ours else {"of": None, "files": {}}


def _fingerprint(path: Path) -> list[int] | None:
    """Size and time of the last change, or None where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and bool(name)


def _remove(out: Path, names: set[str]) -> None:
    root = out.resolve()
    for name in names:
        place = out / name
        if place.parent.resolve().is_relative_to(root):
            place.unlink(missing_ok=True)
            with suppress(OSError):  # not empty, or the folder itself
                place.parent.rmdir()


def _sweep(out: Path) -> None:
    """Remove what a run left behind that was killed."""
    for folder in out.glob(f"{_PREFIX}*"):
        if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _answering(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpaceLeft(path=out) from error
        raise OutputNotWritable(path=out, reason=error.strerror or error) from error
