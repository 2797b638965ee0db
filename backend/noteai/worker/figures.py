"""The metrics port of a worker: what its supervisor and all its processes count."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from shutil import disk_usage

from noteai import metrics
from noteai.jobs.figures import expect
from noteai.jobs.graph import Workflows
from noteai.media.scratch import Scratch, sweep_scratch
from noteai.metrics import shared
from noteai.settings import Settings
from noteai.worker import crew

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is ours or is not used


@contextmanager
def kept(settings: Settings, workflows: Workflows) -> Iterator[Path | None]:
    """The folder in which all count, from before the first process is started; None without a port.

    It goes with this process, however that ends: at the next start at the latest.
    """
    if not settings.service.metrics_port:
        yield None
        return
    parent = _parent(settings)
    sweep_scratch(parent)
    with closing(Scratch(parent)) as scratch:
        shared.begin(scratch.folder)
        shared.take_part()
        expect(workflows)
        yield scratch.folder


@contextmanager
def served(settings: Settings, folder: Path | None, refresh: Callable[[], None]) -> Iterator[None]:
    """On the loopback interface, unless others are to reach it."""
    if folder is None:
        yield
        return
    service = settings.service
    host = "0.0.0.0" if service.allow_remote else "127.0.0.1"  # noqa: S104 - as it was asked
    work = crew.scratch_of(settings)

    def look() -> None:
        refresh()
        tell_room(work)

    with shared.served(folder, host, service.metrics_port, look):
        yield


def tell_room(work: Path) -> None:
    """What stages have written to their folders, and what is left where these are."""
    found = (Path(at) / name for at, _, names in os.walk(work) for name in names)
    metrics.put("noteai_scratch_bytes", sum(map(_size, found)))
    with suppress(FileNotFoundError):
        disk = disk_usage(work)
        metrics.put("noteai_disk_free_bytes", disk.free, volume="scratch")
        metrics.put("noteai_disk_size_bytes", disk.total, volume="scratch")


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.lstat().st_size
    return 0


def _parent(settings: Settings) -> Path:
    """In memory where that can be had: a file that is mapped and finds no room kills who writes."""
    if not os.access(_IN_MEMORY, os.W_OK):
        return crew.scratch_of(settings)
    parent = _IN_MEMORY / f"noteai-{os.getuid()}"
    parent.mkdir(mode=0o700, exist_ok=True)
    is_ours = parent.lstat().st_uid == os.getuid() and not parent.is_symlink()
    return parent if is_ours else crew.scratch_of(settings)
