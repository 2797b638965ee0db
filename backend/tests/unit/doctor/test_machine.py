"""What is thought of a machine, by its figures."""

from pathlib import Path

import pytest

from noteai.doctor import machine, servers
from noteai.doctor.finding import Finding, Ground
from noteai.settings import Settings

GIB = machine.GIB


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(Settings(cache_dir=tmp_path / "cache"), tmp_path / "data")


def test_this_machine_has_what_is_needed(ground: Ground) -> None:
    for check in (
        machine.python, machine.memory, machine.open_files, machine.cache_room, machine.data_room,
        machine.clock,
    ):  # fmt: skip
        assert check(ground).state == "ok", check
    assert not list(ground.data.parent.iterdir())


@pytest.mark.parametrize(("version", "state"), [((3, 11, 0), "ok"), ((3, 10, 14), "failure")])
def test_an_old_python_is_refused(version: tuple[int, int, int], state: str) -> None:
    assert machine.judged_python(version).state == state


@pytest.mark.parametrize(("count", "state"), [(2, "ok"), (1.5, "warning"), (1, "warning")])
def test_one_processor_is_few(count: float, state: str) -> None:
    assert machine.judged_processors(count).state == state


@pytest.mark.parametrize(("size", "state"), [(8, "ok"), (3, "warning"), (1, "failure")])
def test_memory_is_judged_by_what_two_stages_take(size: int, state: str) -> None:
    assert machine.judged_memory(size * GIB).state == state


def test_a_folder_that_takes_no_files_is_named_with_a_way_out() -> None:
    """Not even root may write there."""
    found = machine.room(Path("/proc/self/cache"), "the cache", "another NOTEAI_CACHE_DIR")
    assert found.state == "failure"
    assert "NOTEAI_CACHE_DIR" in found.remedy


@pytest.mark.parametrize(
    ("jumped", "age", "state"),
    [(0.0, 60.0, "ok"), (3.0, 60.0, "warning"), (0.0, -60.0, "failure")],
)
def test_a_clock_that_jumps_or_lives_in_the_past_is_seen(
    jumped: float, age: float, state: str
) -> None:
    assert machine.judged_clock(jumped, age).state == state


@pytest.mark.parametrize(
    ("off", "state", "way"),
    [(0.1, "ok", "agrees"), (-5.0, "warning", "behind"), (600.0, "failure", "ahead")],
)
def test_a_clock_that_differs_from_the_databases_is_seen(off: float, state: str, way: str) -> None:
    found: Finding = servers.judged_clock(off)
    assert found.state == state
    assert way in found.what
