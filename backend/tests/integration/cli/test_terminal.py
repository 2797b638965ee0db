"""What a person sees who runs the job at a terminal."""

import os
import pty
import subprocess
import sys
from contextlib import closing

import pytest

from noteai.cli.job import NoSpeech
from noteai.media.ffmpeg import Ffmpeg
from noteai.workflows import HIGHLIGHTS


@pytest.fixture(scope="module")
def seen(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """Exit status and screen of a run on a recording in which nobody speaks."""
    folder = tmp_path_factory.mktemp("terminal")
    ffmpeg.run(("-f", "lavfi", "-i", "sine=duration=4", "tone.wav"), folder)
    ours, theirs = pty.openpty()
    command = (sys.executable, "-m", "noteai", "run", "highlights", "tone.wav", "--store", "cache")
    child = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    with closing(os.fdopen(ours, "rb", buffering=0)) as screen:
        text = written(screen.fileno())
    return child.wait(60), text


def written(terminal: int) -> str:
    """All until whoever writes there has ended."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # how Linux says that nobody has the other end any more
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)


def test_every_stage_is_in_the_table_that_lives(seen: tuple[int, str]) -> None:
    status, screen = seen
    assert status == NoSpeech.exit_status, screen
    for stage in HIGHLIGHTS.names:
        assert stage in screen
    assert "100%" in screen
    assert "\N{MULTIPLICATION SIGN}" in screen  # times real time: the length was known


def test_the_end_is_said_below_it(seen: tuple[int, str]) -> None:
    _, screen = seen
    assert "Nobody speaks in this recording." in screen
    assert "Traceback" not in screen
