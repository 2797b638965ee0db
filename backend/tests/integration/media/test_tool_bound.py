"""A foreign program and the process that started it."""

import signal
import sys
import threading
from pathlib import Path

import pytest

from noteai.media.tool import Command, ToolFailed, _bound, run

STARTER = """
import os, signal
from pathlib import Path
from noteai.media.tool import Command, stream

script = "echo $$ > program; echo; sleep 300"
with stream(Command(program="/bin/sh", args=("-c", script), folder=Path.cwd())) as process:
    process.stdout.readline()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not _bound(), reason="nothing here binds a program to its parent")
def test_a_program_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = Command(program=sys.executable, args=("-c", STARTER), folder=tmp_path)
    with pytest.raises(ToolFailed, match=f"status -{signal.SIGKILL:d}"):
        run(starter)
    stat = Path("/proc", (tmp_path / "program").read_text().strip(), "stat")
    for _ in range(500):
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] in "ZX":
            return
        threading.Event().wait(0.01)
    pytest.fail("it lives on")
