"""A recording given to a service that is not there."""

import subprocess
import sys
from pathlib import Path

from noteai.client import ServiceAway
from noteai.servers.process import free_port


def test_nobody_there_is_said_at_once(tmp_path: Path) -> None:
    recording = tmp_path / "lecture.mp4"
    recording.write_bytes(b"anything")
    address = f"http://127.0.0.1:{free_port()}"
    ended = subprocess.run(
        [sys.executable, "-m", "noteai", "send", str(recording), "--to", address],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == ServiceAway.exit_status
    assert "does not answer" in ended.stdout + ended.stderr
    assert "noteai up" in ended.stdout + ended.stderr
