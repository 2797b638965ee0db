"""A process that goes on after the command that started it, and its end."""

import subprocess
import sys
from pathlib import Path

import pytest

from noteai.cli.background import NotRunning, _holder, detach, stop
from noteai.servers.errors import FolderNotWritable

PROGRAM = """
import signal, sys, time
from pathlib import Path
from noteai.cli.background import DidNotStart, detach
from noteai.errors import Cancelled
from noteai.servers import data_folder

def run(tell):
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with data_folder.opened(Path(sys.argv[1]) / "data") as folder:
        if sys.argv[2] == "fails":
            raise Cancelled
        if sys.argv[2] == "breaks":
            raise ZeroDivisionError("a defect")
        tell("It runs.")
        print("and works", flush=True)
        while True:
            time.sleep(0.05)

try:
    print(detach(run, Path(sys.argv[1]) / "up.log"))
except DidNotStart as error:
    sys.exit(error.message)
"""


def start(folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), how],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_goes_on_until_it_is_stopped(tmp_path: Path) -> None:
    started = start(tmp_path, "runs")
    assert (started.stdout, started.returncode) == ("It runs.\n", 0)
    lock = tmp_path / "data/lock"
    stop(lock)
    assert "and works" in (tmp_path / "up.log").read_text()
    with pytest.raises(NotRunning):
        stop(lock)


def test_a_defect_is_in_the_log(tmp_path: Path) -> None:
    assert start(tmp_path, "breaks").returncode == 1
    assert "ZeroDivisionError: a defect" in (tmp_path / "up.log").read_text()


def test_the_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    (tmp_path / "up.log").write_text("Of an earlier one.\n")
    start(tmp_path, "fails")
    assert (tmp_path / "up.log").read_text().startswith("Of an earlier one.\n")


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "up.log").mkdir()
    with pytest.raises(FolderNotWritable):
        detach(lambda _: None, tmp_path / "up.log")


def test_what_a_killed_one_left_is_waited_for(tmp_path: Path) -> None:
    """Its servers hold the lock in which its number stands, for a while."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock = tmp_path / "lock"
    lock.write_text(str(ended.pid))
    holder = subprocess.Popen(["flock", str(lock), "sleep", "0.5"])
    while _holder(lock) is None:
        assert holder.poll() is None
    stop(lock)
    assert holder.wait() == 0


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    started = start(tmp_path, "fails")
    assert started.returncode == 1
    assert "NoteAI did not start: The run was stopped." in started.stderr
    with pytest.raises(NotRunning):
        stop(tmp_path / "data/lock")


def test_a_folder_that_nobody_ever_used_has_nothing_to_stop(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="No NoteAI runs"):
        stop(tmp_path / "lock")
