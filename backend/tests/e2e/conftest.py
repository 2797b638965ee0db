"""The sample lecture and what the main job makes of it, once for all processes of the tests."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running import Job

from noteai.media.ffmpeg import Ffmpeg
from noteai.sample import Sample, Truth, make

_OPENING = 45
"""Seconds: enough for a clip."""


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes that run tests at this time."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The others wait until the block has ended."""
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def lecture(together: Path) -> Sample:
    folder = together / "sample"
    truth = folder / "truth.json"
    with alone(folder):
        if truth.exists():
            return Sample(folder / "lecture.mp4", truth, Truth.load(truth))
        return make(folder, seed=3, minutes=2.0)


@pytest.fixture(scope="session")
def opening(lecture: Sample, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of the lecture's beginning, for what is not about its length."""
    folder = tmp_path_factory.mktemp("opening")
    source = ("-i", str(lecture.video), "-t", str(_OPENING), "-c", "copy")
    ffmpeg.run((*source, "opening.mp4"), folder)
    return folder / "opening.mp4"


@pytest.fixture(scope="session")
def job(lecture: Sample, together: Path) -> Job:
    """A finished job on the sample lecture."""
    made = Job(together / "job")
    with alone(made.folder):
        if not made.folder.exists():
            made.folder.mkdir()
            ended = made.run("run", "highlights", str(lecture.video), "--out", str(made.out))
            assert ended.returncode == 0, ended.stderr
    assert made.out.exists()
    return made
