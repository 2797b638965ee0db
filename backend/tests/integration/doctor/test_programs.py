"""ffmpeg as it comes, and programs that only look like it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from noteai.doctor import Ground, programs
from noteai.errors import NoteAIError
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.tool import ToolFailed, ToolMissing
from noteai.settings import Settings

Instead = Callable[[str], None]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(Settings(cache_dir=tmp_path / "cache"), tmp_path / "data")


@pytest.fixture
def instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instead:
    """Have a shell script be the ffmpeg."""

    def put(script: str) -> None:
        program = tmp_path / "ffmpeg"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))

    return put


def test_the_ffmpeg_of_the_wheel_has_all_that_is_used(ground: Ground) -> None:
    for check in (programs.ffmpeg, programs.features, programs.letters):
        assert check(ground).state == "ok", check


def test_what_an_ffmpeg_lacks_is_named(ground: Ground, instead: Instead, ffmpeg: Ffmpeg) -> None:
    instead(f'"{ffmpeg.program}" "$@" | grep -vE " (ass|libx264) "')
    found = programs.features(ground)
    assert found.state == "failure"
    assert "the filter ass" in found.what
    assert "the encoder libx264" in found.what
    assert "IMAGEIO_FFMPEG_EXE" in found.remedy


def test_an_ffmpeg_that_draws_nothing_is_found_out(ground: Ground, instead: Instead) -> None:
    instead("head -c 57600 /dev/zero")
    assert programs.letters(ground).state == "failure"


def test_an_ffmpeg_that_fails_says_why(ground: Ground, instead: Instead) -> None:
    instead("echo No such filter: ass >&2; exit 8")
    with pytest.raises(ToolFailed, match="No such filter"):
        programs.letters(ground)


def test_another_program_is_not_taken_for_ffmpeg(ground: Ground, instead: Instead) -> None:
    instead("echo avconv version 9")
    assert programs.ffmpeg(ground).state == "failure"


def test_an_ffmpeg_that_is_not_there_is_missing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    missing: type[NoteAIError] = ToolMissing
    for check in (programs.ffmpeg, programs.features, programs.letters):
        with pytest.raises(missing):
            check(ground)
