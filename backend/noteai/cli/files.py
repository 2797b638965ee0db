"""The files that a command names: there, readable, or a clear error."""

import os
from pathlib import Path

from noteai.errors import InputError


class FileMissing(InputError):
    """There is no file {path}."""

    hint = "Check the name and the folder."
    exit_status = 10


class IsAFolder(InputError):
    """{path} is a folder, not a recording."""

    hint = "Name the recording in it."
    exit_status = 11


class NotReadable(InputError):
    """The file {path} may not be read."""

    hint = "Give yourself the right to read it, or copy it to a folder of your own."
    exit_status = 34


def readable(path: Path | None) -> Path | None:
    """What was named, if anything was. Raises: FileMissing, IsAFolder, NotReadable."""
    if path is None:
        return None
    if not _is_there(path):
        raise FileMissing(path=path)
    if not path.is_file():
        raise IsAFolder(path=path)
    if not os.access(path, os.R_OK):
        raise NotReadable(path=path)
    return path


def printable(text: object) -> str:
    """Text of any path: the bytes that are no text are question marks."""
    return str(text).encode(errors="replace").decode()


def _is_there(path: Path) -> bool:
    """Raises: NotReadable, where a folder above it may not be entered."""
    try:
        path.stat()
    except PermissionError as error:
        raise NotReadable(path=path) from error
    except OSError:  # a name that is too long, or passes through a file
        return False
    return True
