"""What this process may use of the machine, which in a container is less than what there is."""

import os
import sys
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def processors(cgroup: Path = ROOT) -> float:
    """That it may use at a time: by its affinity, and by the share of its container."""
    return min(_allowed(), quota(cgroup) or sys.maxsize)


def quota(cgroup: Path = ROOT) -> float | None:
    """Processors that a container may use; None where there is no limit."""
    share = _words(cgroup / "cpu.max") or [
        *_words(cgroup / "cpu/cpu.cfs_quota_us"),
        *_words(cgroup / "cpu/cpu.cfs_period_us"),
    ]
    if len(share) != 2 or not all(each.isdigit() for each in share):  # "max", and -1
        return None
    return int(share[0]) / int(share[1])


def allowance(cgroup: Path = ROOT) -> int | None:
    """Bytes of memory that a container may use; None where there is no limit."""
    limit = _words(cgroup / "memory.max") or _words(cgroup / "memory/memory.limit_in_bytes")
    return int(limit[0]) if limit and limit[0].isdigit() else None


def _allowed() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
