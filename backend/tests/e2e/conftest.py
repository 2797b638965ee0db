"""The sample lecture and what the main job makes of it, once for all."""

import pytest
from running import Job

from noteai.sample import Sample, make


@pytest.fixture(scope="session")
def lecture(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make(tmp_path_factory.mktemp("sample"), seed=3, minutes=2.0)


@pytest.fixture(scope="session")
def job(lecture: Sample, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A finished job on the sample lecture."""
    made = Job(tmp_path_factory.mktemp("job"))
    ended = made.run("run", "highlights", str(lecture.video), "--out", str(made.out))
    assert ended.returncode == 0, ended.stderr
    return made
