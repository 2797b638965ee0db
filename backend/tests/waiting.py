"""Waiting for what another process does, and seeing what it left running."""

import time
from collections.abc import Callable
from pathlib import Path

_PATIENCE = 60.0


def until(happened: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """Fails when it has not happened after a time that says that it never will."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Neither gone nor a corpse that nobody has buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def members(group: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(each.read_text().rpartition(")")[2].split()[2]) == group:
                found.append(int(each.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
