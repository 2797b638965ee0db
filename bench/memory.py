"""How much memory this process has used at most."""

from pathlib import Path


def peak_memory() -> int:
    """Bytes, its children not counted.

    The kernel's high-water mark; `ru_maxrss` would count what the parent used when it forked.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
