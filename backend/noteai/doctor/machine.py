"""What the machine itself has: Python, processors, memory, disk, clock, open files."""

import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import noteai
from noteai import cgroup
from noteai.doctor.finding import Finding, Ground, doubtful, well, wrong

GIB = 1 << 30
_OLDEST = (3, 11)
_FEW_FILES, _TOO_FEW_FILES = 1024, 256
_LITTLE_MEMORY, _TOO_LITTLE_MEMORY = 4 * GIB, 2 * GIB
"""A stage takes up to 1.2 GB (bench/RESULTS.md), and two are done at a time."""
_LITTLE_ROOM, _TOO_LITTLE_ROOM = 10 * GIB, 1 * GIB
_BLINK = 0.05
_SLACK = 0.5


def python(_ground: Ground) -> Finding:
    return judged_python(sys.version_info[:3])


def judged_python(version: tuple[int, int, int]) -> Finding:
    said = ".".join(map(str, version))
    if version < _OLDEST:
        return wrong(f"Python {said} is too old.", "Install NoteAI with Python 3.11 or newer.")
    return well(f"Python {said}.")


def processors(_ground: Ground) -> Finding:
    return judged_processors(cgroup.processors())


def judged_processors(count: float) -> Finding:
    if count < 2:
        return doubtful(
            f"There is {count:g} processor.",
            "Give NoteAI two or more: with one, everything takes longer.",
        )
    return well(f"There are {count:g} processors.")


def memory(_ground: Ground) -> Finding:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return judged_memory(min(physical, cgroup.allowance() or physical))


def judged_memory(size: int) -> Finding:
    said = f"There are {size / GIB:.1f} GiB of memory"
    remedy = "A stage takes up to 1.2 GB: give it more, or have `noteai up --workers 1`."
    if size < _TOO_LITTLE_MEMORY:
        return wrong(f"{said}, which is too little.", remedy)
    if size < _LITTLE_MEMORY:
        return doubtful(f"{said}, which is little for two stages at a time.", remedy)
    return well(f"{said}.")


def open_files(_ground: Ground) -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = f"A process may have {limit} files open"
    remedy = "Raise it with `ulimit -n 4096`, or LimitNOFILE= of the service's unit."
    if limit != resource.RLIM_INFINITY and limit < _TOO_FEW_FILES:
        return wrong(f"{said}, which is too few.", remedy)
    if limit != resource.RLIM_INFINITY and limit < _FEW_FILES:
        return doubtful(f"{said}, which is few for an API with many clients.", remedy)
    return well(f"{said}.")


def cache_room(ground: Ground) -> Finding:
    return room(ground.settings.cache_dir, "the cache", "another NOTEAI_CACHE_DIR")


def data_room(ground: Ground) -> Finding:
    return room(ground.data, "the data folder", "another folder with --data")


def room(folder: Path, name: str, instead: str) -> Finding:
    """Whether `folder`, or the folder in which it would be made, takes files and has space."""
    place = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    remedy = f"Free some space, or choose {instead}."
    free = shutil.disk_usage(place).free
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"noteai")
    except OSError as error:
        return wrong(
            f"Nothing can be written to {place} for {name}: {error.strerror}.",
            f"Give yourself the right to write there and free some space, or choose {instead}.",
        )
    said = f"{free / GIB:.1f} GiB are free for {name} in {place}"
    if free < _TOO_LITTLE_ROOM:
        return wrong(f"{said}, which is too little.", remedy)
    if free < _LITTLE_ROOM:
        return doubtful(f"{said}, which is little for long recordings.", remedy)
    return well(f"{said}.")


def clock(_ground: Ground) -> Finding:
    """Without another clock to compare it with."""
    wall, steady = time.time(), time.monotonic()
    time.sleep(_BLINK)
    passed = time.monotonic() - steady
    built = Path(str(noteai.__file__)).stat().st_mtime
    return judged_clock(time.time() - wall - passed, time.time() - built)


def judged_clock(jumped: float, age: float) -> Finding:
    """`jumped`: seconds that it went ahead in an instant; `age`: of this NoteAI, by it."""
    remedy = "Set the clock, and keep it right with NTP (`timedatectl set-ntp true`)."
    if age < 0:
        return wrong("The clock shows a time before this NoteAI was installed.", remedy)
    if abs(jumped) > _SLACK:
        return doubtful(f"The clock was set by {jumped:.1f} seconds just now.", remedy)
    return well("The clock goes on steadily.")
