"""What a process may use is read where the kernel shows it."""

import os
from pathlib import Path

import pytest

from noteai import cgroup, settings

GIB = 1 << 30


def test_the_limits_of_a_container_are_read(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    (tmp_path / "memory.max").write_text("1073741824\n")
    assert (cgroup.quota(tmp_path), cgroup.allowance(tmp_path)) == (1.5, GIB)


def test_the_limits_of_an_older_kernel_are_read(tmp_path: Path) -> None:
    for name, text in {
        "cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000",
        "memory/memory.limit_in_bytes": "2147483648",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert (cgroup.quota(tmp_path), cgroup.allowance(tmp_path)) == (0.5, 2 * GIB)


@pytest.mark.parametrize(("processors", "memory"), [("max 100000", "max"), (None, None)])
def test_without_limits_there_are_none(
    processors: str | None, memory: str | None, tmp_path: Path
) -> None:
    if processors and memory:
        (tmp_path / "cpu.max").write_text(processors)
        (tmp_path / "memory.max").write_text(memory)
    assert (cgroup.quota(tmp_path), cgroup.allowance(tmp_path)) == (None, None)


def test_a_process_may_use_what_the_narrower_limit_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    assert cgroup.processors(tmp_path) == 3
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert cgroup.processors(tmp_path) == 1.5
    (tmp_path / "cpu.max").write_text("800000 100000\n")
    assert cgroup.processors(tmp_path) == 3


@pytest.mark.parametrize(("processors", "threads"), [(8, 8), (2.5, 2), (0.5, 1)])
def test_models_have_a_thread_for_each_processor(
    processors: float, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTEAI_THREADS", raising=False)
    monkeypatch.setattr(settings, "processors", lambda: processors)
    assert settings.from_environment().threads == threads
