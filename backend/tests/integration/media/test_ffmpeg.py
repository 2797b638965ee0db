"""The real program: its version, its progress, its errors."""

from pathlib import Path

import pytest

from noteai.errors import Cancelled
from noteai.media.ffmpeg import Ffmpeg, source
from noteai.media.tool import ToolFailed

TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=20:sample_rate=16000")
PICTURES = ("-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=20")


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    import imageio_ffmpeg

    return Ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())


def test_its_identity_is_name_and_version(ffmpeg: Ffmpeg) -> None:
    assert ffmpeg.identity.startswith("ffmpeg version ")
    assert len(ffmpeg.identity.split()) == 3


def test_progress_runs_to_the_end_and_leaves_nothing_in_the_log(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    times: list[float] = []
    args = (*TONE, *PICTURES, "-map", "0", "-map", "1", "-c:v", "libx264", "both.mp4")
    output = ffmpeg.run(args, tmp_path, times.append)
    assert times == sorted(times)
    assert times[-1] == pytest.approx(20.0, abs=0.2)
    assert output.stderr == ""
    assert (tmp_path / "both.mp4").stat().st_size > 0


def test_output_can_be_read_while_it_works(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    args = (*TONE, "-f", "s16le", "pipe:1")
    with ffmpeg.stream(args, tmp_path) as process:
        first = process.stdout.read(1000)
        rest = process.finish()
    assert len(first) + len(rest.stdout) == 2 * 16_000 * 20


def test_what_is_wrong_is_in_the_failure(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b"no film at all" * 100)
    with pytest.raises(ToolFailed, match="Invalid data"):
        ffmpeg.run((*source("input", "mov"), "-f", "null", "-"), tmp_path)


def test_a_listener_that_cancels_ends_it(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    def cancel(seconds: float) -> None:
        raise Cancelled

    endless = ("-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-")
    with pytest.raises(Cancelled):
        ffmpeg.run(endless, tmp_path, cancel)


@pytest.mark.parametrize(
    "script",
    ["#EXTM3U\n#EXTINF:1,\nfile:secret.txt\n", "ffconcat version 1.0\nfile 'secret.txt'\n"],
)
def test_a_script_that_names_other_files_opens_none(
    ffmpeg: Ffmpeg, tmp_path: Path, script: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "input").write_text(script)
    with pytest.raises(ToolFailed):
        ffmpeg.run((*source("input", "mov"), "-c", "copy", "-f", "data", "out"), tmp_path)
    assert not (tmp_path / "out").exists() or b"secret" not in (tmp_path / "out").read_bytes()
