"""Children: how they start, how they end, and that none is left."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import is_running, members, until

from noteai.servers.errors import PortTaken, ServerFailed
from noteai.servers.process import Child, Command, claim_port, run_once, stop_all

_DEAF = "trap '' TERM; echo deaf; sleep 100 & wait; sleep 100"
_PARENT = """
import sys, time
from pathlib import Path
from noteai.servers.process import Child, Command
folder = Path(sys.argv[1])
child = Child(Command("Sleeper", ("/bin/sleep", "100"), folder, folder / "log"))
print(child.pid, flush=True)
time.sleep(100)
"""


@pytest.fixture
def children() -> Iterator[list[Child]]:
    made: list[Child] = []
    yield made
    for each in made:
        each.kill()


def shell(folder: Path, script: str, patience: float = 10.0) -> Command:
    return Command("Shell", ("/bin/sh", "-c", script), folder, folder / "log", patience=patience)


def test_a_program_that_ends_before_it_answers_is_told_of_with_its_last_words(
    tmp_path: Path,
) -> None:
    child = Child(shell(tmp_path, "echo no port for me >&2; exit 7"))
    with pytest.raises(ServerFailed, match=r"status 7(.|\n)*no port for me"):
        child.wait_until(lambda: False)


def test_words_of_an_earlier_start_are_not_told_again(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("of yesterday\n")
    with pytest.raises(ServerFailed) as raised:
        run_once(shell(tmp_path, "echo of today; exit 1"))
    assert "of today" in raised.value.message
    assert "of yesterday" not in raised.value.message


def test_a_program_that_does_not_answer_in_time_is_killed(
    tmp_path: Path, children: list[Child]
) -> None:
    child = Child(shell(tmp_path, "sleep 100"))
    children.append(child)
    with pytest.raises(ServerFailed, match="did not answer"):
        child.wait_until(lambda: False, seconds=0.2)
    assert child.status == -signal.SIGKILL


def test_a_deaf_program_is_killed_with_what_it_started(tmp_path: Path) -> None:
    child = Child(shell(tmp_path, _DEAF, patience=0.2))
    until(lambda: "deaf" in child.last_words)
    until(lambda: len(members(child.pid)) == 2)
    group = members(child.pid)
    child.stop()
    assert child.status == -signal.SIGKILL
    until(lambda: not any(is_running(pid) for pid in group))


def test_several_are_asked_to_stop_at_the_same_time(tmp_path: Path) -> None:
    waits = "trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    both = [Child(shell(tmp_path, waits)) for _ in range(2)]
    until(lambda: (tmp_path / "log").read_text().count("ready") == 2)
    stop_all(both)
    assert [each.status for each in both] == [0, 0]


def test_to_stop_what_has_ended_is_harmless(tmp_path: Path) -> None:
    child = Child(shell(tmp_path, "exit 3"))
    until(lambda: not child.is_alive)
    child.stop()
    child.kill()
    assert child.status == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    until(lambda: not is_running(pid))


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            claim_port(port)
    assert claim_port(port) == port


def test_a_log_that_has_grown_large_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noteai.servers.process._LARGEST_LOG", 10)
    (tmp_path / "log").write_text("a long story\n")
    run_once(shell(tmp_path, "echo short"))
    assert (tmp_path / "log").read_text() == "short\n"
    assert (tmp_path / "log.1").read_text() == "a long story\n"
