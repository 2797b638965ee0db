"""Who dies starts again; who stops, stops in order."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import members, until

from noteai.servers.process import Command
from noteai.servers.supervisor import ALARMING, Supervisor


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(told: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(told.append, first_pause=0.01)
    yield made
    made.stop()


def shell(folder: Path, script: str, name: str = "Shell") -> Command:
    return Command(name, ("/bin/sh", "-c", script), folder, folder / f"{name}.log")


def starts(folder: Path) -> int:
    log = folder / "Shell.log"
    return log.read_text().count("started") if log.exists() else 0


def test_who_was_killed_starts_again(
    tmp_path: Path, supervisor: Supervisor, told: list[str]
) -> None:
    child = supervisor.start(shell(tmp_path, "echo started; exec sleep 100"))
    until(lambda: starts(tmp_path) == 1)
    os.kill(child.pid, signal.SIGKILL)
    until(lambda: supervisor.look() or starts(tmp_path) == 2)
    assert told == ["Shell was ended by SIGKILL; it starts again."]


def test_who_lives_is_left_alone(tmp_path: Path, supervisor: Supervisor, told: list[str]) -> None:
    child = supervisor.start(shell(tmp_path, "echo started; exec sleep 100"))
    until(lambda: starts(tmp_path) == 1)
    for _ in range(10):
        supervisor.look()
    assert child.is_alive
    assert told == []


def test_who_dies_at_once_again_and_again_is_complained_of_once(
    tmp_path: Path, supervisor: Supervisor, told: list[str]
) -> None:
    supervisor.start(shell(tmp_path, "echo started; echo no memory; exit 9"))
    until(lambda: supervisor.look() or starts(tmp_path) == ALARMING + 2)
    complaints = [each for each in told if "soon after its start" in each]
    assert len(complaints) == 1
    assert "no memory" in complaints[0]
    assert "Shell.log" in complaints[0]


def test_the_pause_grows_with_each_quick_death(tmp_path: Path, told: list[str]) -> None:
    supervisor = Supervisor(told.append, first_pause=1000.0)
    supervisor.start(shell(tmp_path, "echo started; exit 1"))
    until(lambda: supervisor.look() or told)
    supervisor.look()
    assert starts(tmp_path) == 1
    supervisor.stop()


def test_the_highest_tier_ends_before_the_others_are_asked(
    tmp_path: Path, supervisor: Supervisor
) -> None:
    order = tmp_path / "order"
    late = (
        f"trap 'sleep 0.3; echo door >> {order}; exit' TERM; echo up; while :; do sleep 0.05; done"
    )
    soon = f"trap 'echo server >> {order}; exit' TERM; echo up; while :; do sleep 0.05; done"
    supervisor.start(shell(tmp_path, soon, "server"), tier=0)
    supervisor.start(shell(tmp_path, late, "door"), tier=1)
    until(lambda: all("up" in (tmp_path / f"{n}.log").read_text() for n in ("server", "door")))
    supervisor.stop()
    assert order.read_text().split() == ["door", "server"]


def test_a_second_interruption_kills_what_is_left(tmp_path: Path, supervisor: Supervisor) -> None:
    deaf = supervisor.start(shell(tmp_path, "trap '' TERM; echo started; sleep 100; sleep 100"))
    until(lambda: starts(tmp_path) == 1)
    impatient = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    impatient.start()
    with pytest.raises(KeyboardInterrupt):
        supervisor.stop()
    impatient.join()
    assert deaf.status == -signal.SIGKILL
    until(lambda: not members(deaf.pid))
    assert time.monotonic() - deaf.started < deaf.command.patience
