"""A process that was forked for a test is like one that was started."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from zygote import Zygote

SCRIPT = """
import os, sys, time
if __name__ == "__main__":
    print(os.getpid() == os.getsid(0), sys.argv[1:], dict(os.environ), flush=True)
    if "stay" in sys.argv:
        time.sleep(60)
    sys.exit(3)
"""


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with closing(Zygote(script)) as made:
        yield made


def test_it_has_its_own_arguments_environment_session_and_log(
    zygote: Zygote, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        log = tmp_path / name
        forked = zygote.fork((name,), {"WHO": name}, log)
        assert forked.wait() == 3
        assert log.read_text() == f"True ['{name}'] {{'WHO': '{name}'}}\n"


def test_it_runs_until_a_signal_ends_it(zygote: Zygote, tmp_path: Path) -> None:
    forked = zygote.fork(("stay",), {}, tmp_path / "log")
    assert forked.poll() is None
    forked.send_signal(signal.SIGKILL)
    assert forked.wait() == -signal.SIGKILL
    forked.send_signal(signal.SIGKILL)
    assert forked.returncode == -signal.SIGKILL
