"""The one folder of everything that `noteai up` keeps, and whose it is while it runs."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from noteai.servers.errors import FolderInUse, FolderNotWritable, FolderOccupied
from noteai.servers.process import free_ports, is_free, turned
from noteai.servers.secret import private_folder, write_private

_LOCK, _LOGS = "lock", "logs"
_AS_ROOT = Path("/var/lib/noteai")
_PATIENCE = 20.0
"""Seconds that servers may need to end after their `noteai up` was killed."""
_GLANCE = 0.1


@dataclass(frozen=True)
class DataFolder:
    """A data folder that is ours."""

    path: Path
    lock: int
    """File descriptor; every server holds it, too, so that no two run in one folder."""

    @property
    def logs(self) -> Path:
        return self.path / _LOGS

    def ports(self, names: Sequence[str]) -> dict[str, int]:
        """A port for each name, the one it had before where nobody else has it now."""
        kept = self.path / "ports.json"
        before: dict[str, int] = json.loads(kept.read_text()) if kept.exists() else {}
        others = iter(free_ports(len(names)))
        chosen = {name: _again(before.get(name)) or next(others) for name in names}
        write_private(kept, json.dumps({**before, **chosen}))
        return chosen


def log_of(path: Path) -> Path:
    """The file for what `noteai up` says itself, in a folder that is made where there is none.

    Raises: FolderNotWritable, FolderOccupied.
    """
    _make(path)
    log = private_folder(path / _LOGS) / "up.log"
    turned(log)
    return log


def lock_of(path: Path) -> Path:
    """The file that the process holds which runs with a data folder; its id stands in it."""
    return path / _LOCK


def default_path() -> Path:
    """For root a folder that others may enter: Postgres runs as one of them."""
    return _AS_ROOT if os.geteuid() == 0 else user_data_path("noteai")


@contextmanager
def opened(path: Path) -> Iterator[DataFolder]:
    """Ours until the end of the block and of every server that was started in it.

    Raises:
        FolderNotWritable: it cannot be made or written.
        FolderOccupied: something else is in it.
        FolderInUse: another process has it.
    """
    path = path.absolute()
    _make(path)
    lock = _locked(path)
    try:
        folder = DataFolder(path, lock)
        private_folder(folder.logs)
        yield folder
    finally:
        os.close(lock)


def _make(path: Path) -> None:
    """Leave the rights of a folder that was there as they are."""
    try:
        if not path.exists():
            private_folder(path)
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        elif path.is_dir() and not (path / _LOCK).exists() and _has_others(path):
            raise FolderOccupied(path=path)
    except OSError as error:
        raise FolderNotWritable(path=path, reason=error.strerror) from error


def _has_others(path: Path) -> bool:
    return any(each.name != _LOGS for each in path.iterdir())


def _locked(path: Path) -> int:
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderNotWritable(path=path, reason=error.strerror) from error
    try:
        _wait_for(lock, path)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _wait_for(lock: int, path: Path) -> None:
    """Servers whose `noteai up` was killed end by themselves; another one does not."""
    until = time.monotonic() + _PATIENCE
    while not _taken(lock):
        owner = os.pread(lock, 20, 0).decode() or "?"
        if _is_alive(owner) or time.monotonic() > until:
            raise FolderInUse(path=path, process=owner)
        time.sleep(_GLANCE)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _again(port: int | None) -> int | None:
    return port if port and is_free(port) else None
