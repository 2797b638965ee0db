"""Folders that belong to a living process, and what is left of those that died.

A folder is alive while its lock is held, which ends with the process however it dies.
"""

import fcntl
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

_LOCK = "lock"


class Scratch:
    """A folder of this process, until it closes it or dies."""

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        lock = None
        while lock is None:  # a sweeper may have seen it before it was locked
            self.folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
            lock = _locked(self.folder)
        self._lock = lock

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def sweep_scratch(parent: Path) -> int:
    """Remove the folders of dead processes and kill the programs that still run in them."""
    swept = 0
    for folder in parent.glob("*-*"):
        lock = _locked(folder)
        if lock is None:
            continue
        with lock:
            _kill_programs_in(folder)
            shutil.rmtree(folder, ignore_errors=True)
        swept += 1
    return swept


def _locked(folder: Path) -> IO[bytes] | None:
    """The lock of a folder, held; None where another holds it or the folder is gone."""
    with suppress(FileNotFoundError):
        file = (folder / _LOCK).open("ab")
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (folder / _LOCK).exists():
                return file
        file.close()
    return None


def _kill_programs_in(folder: Path) -> None:
    """Where the system shows in which folder a process works; else they run into their limits."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder.resolve()):
                os.kill(int(process.name), signal.SIGKILL)
