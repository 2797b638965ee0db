"""Whatever is given to the command line, it says what is wrong and what to do."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from running import Job

from noteai.media.ffmpeg import Ffmpeg


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def made(ffmpeg: Ffmpeg, path: Path, *args: str) -> Path:
    ffmpeg.run((*args, str(path)), path.parent)
    return path


def picture(size: str, seconds: float) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc=size={size}:duration={seconds}:rate=5")


def sound(expression: str, seconds: float) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"{expression}=duration={seconds}")


SMALL = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def empty(path: Path, _: Ffmpeg) -> Path:
    path.touch()
    return path


def text(path: Path, _: Ffmpeg) -> Path:
    path.write_text("These are the minutes of our meeting.\n")
    return path


def playlist(path: Path, _: Ffmpeg) -> Path:
    path.write_text("#EXTM3U\n#EXTINF:5,\n/etc/hostname\n")
    return path


def concat_script(path: Path, _: Ffmpeg) -> Path:
    path.write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    return path


def image(path: Path, ffmpeg: Ffmpeg) -> Path:
    made(ffmpeg, path.with_suffix(".png"), *picture("64x64", 1), "-frames:v", "1")
    return path.with_suffix(".png").rename(path)


def no_moov(path: Path, ffmpeg: Ffmpeg) -> Path:
    made(ffmpeg, path, *picture("64x64", 5), *SMALL)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])
    return path


def without_sound(path: Path, ffmpeg: Ffmpeg) -> Path:
    return made(ffmpeg, path, *picture("64x64", 5), *SMALL)


def one_second(path: Path, ffmpeg: Ffmpeg) -> Path:
    return made(ffmpeg, path, *picture("64x64", 1), *sound("sine", 1), *SMALL)


def many_streams(path: Path, ffmpeg: Ffmpeg) -> Path:
    maps = [part for _ in range(17) for part in ("-map", "0")]
    return made(ffmpeg, path, *sound("sine", 5), *maps)


def enormous(path: Path, ffmpeg: Ffmpeg) -> Path:
    png = ("-c:v", "png", "-pred", "none", "-compression_level", "1")
    source = ("-f", "lavfi", "-i", "color=size=12000x12000:duration=3:rate=1")
    return made(ffmpeg, path, *source, "-pix_fmt", "gray", *png)


def hundred_hours(path: Path, ffmpeg: Ffmpeg) -> Path:
    slow = ("-vf", "setpts=N*72000/TB", "-fps_mode", "passthrough")
    return made(ffmpeg, path, *picture("64x64", 2), *slow, *SMALL)


CASES = [
    (empty, 12, "empty_file"),
    (text, 13, "not_recording"),
    (playlist, 14, "playlist_not_recording"),
    (concat_script, 14, "playlist_not_recording"),
    (image, 15, "picture_not_recording"),
    (no_moov, 16, "cut_short"),
    (without_sound, 17, "no_audio_track"),
    (one_second, 19, "too_short"),
    (enormous, 20, "picture_too_large"),
    (hundred_hours, 21, "too_long"),
    (many_streams, 22, "too_many_streams"),
]


@pytest.mark.parametrize(("make", "status", "code"), CASES, ids=[case[2] for case in CASES])
def test_a_file_that_is_no_lecture(
    job: Job,
    tmp_path: Path,
    ffmpeg: Ffmpeg,
    make: Callable[[Path, Ffmpeg], Path],
    status: int,
    code: str,
) -> None:
    path = make(tmp_path / "lecture.mp4", ffmpeg)
    out = tmp_path / "out"
    ended = job.run("run", "highlights", str(path), "--out", str(out), "--json")
    assert ended.returncode == status, ended.stderr
    last = json.loads(ended.stdout.splitlines()[-1])
    assert last["error"]["code"] == code
    assert last["error"]["message"]
    assert last["error"]["remedy"]
    assert "Traceback" not in ended.stdout + ended.stderr
    assert list((tmp_path / "cache" / "scratch").glob("*")) == []


MISUSES: list[tuple[Sequence[str], int, str]] = [
    (["run", "highlights", "missing.mp4"], 10, "There is no file missing.mp4."),
    (["run", "highlights", "."], 11, "is a folder"),
    (["run", "magic", "a.txt"], 35, "There is no workflow `magic`."),
    (["run", "highlights", "a.txt", "--without", "sound"], 26, "There is no stage `sound`"),
    (["run", "highlights", "a.txt", "--without", "transcript"], 28, "`content` needs"),
    (["run", "highlights", "a.txt", "--set", "segments.lenght=3"], 27, "segments.lenght"),
    (["run", "highlights", "a.txt", "--set", "segments.max_seconds=x"], 36, "cannot be 'x'"),
    (["run", "highlights", "a.txt", "--out", "a.txt"], 73, "cannot be written to"),
    (["run", "highlights", "a.txt", "--captions", "no.vtt"], 10, "There is no file no.vtt."),
    (["run", "highlights"], 2, "Missing parameter: recording"),
]


@pytest.mark.parametrize(("args", "status", "says"), MISUSES, ids=[case[2] for case in MISUSES])
def test_a_command_that_cannot_be_done(
    job: Job, tmp_path: Path, args: Sequence[str], status: int, says: str
) -> None:
    (tmp_path / "a.txt").write_text("hello")
    ended = job.run(*args)
    assert ended.returncode == status, ended.stderr
    assert says in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
    assert {each.name for each in tmp_path.iterdir()} <= {"a.txt", "cache", "a-highlights"}


def test_a_model_that_cannot_be_had(job: Job, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    noise = sound("anoisesrc", 5)
    path = made(ffmpeg, tmp_path / "lecture.wav", *noise)
    ended = job.run(
        "run", "highlights", str(path), "--model", "no/such-model", "--out", str(tmp_path / "out")
    )
    assert ended.returncode == 69, ended.stderr
    assert "no/such-model" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_sound_without_speech_is_said_plainly(job: Job, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = made(ffmpeg, tmp_path / "lecture.mp4", *picture("64x64", 20), *sound("sine", 20), *SMALL)
    ended = job.run("run", "highlights", str(path), "--out", str(tmp_path / "out"))
    assert ended.returncode == 18, ended.stderr
    assert "Nobody speaks in this recording." in ended.stderr
    assert json.loads((tmp_path / "out" / "silence.json").read_text())["duration"] == 20
