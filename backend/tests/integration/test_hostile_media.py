"""Files that are broken, exotic or made to harm: each is read, or refused with a reason."""

import ctypes
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from noteai.agents.recording import RecordingParams, recording
from noteai.errors import InputError
from noteai.lecture.recording import Recording, Upload
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.tool import Limits
from noteai.resources.voice_activity import SileroVoiceActivity

LIMIT = 60.0
"""Seconds of wall clock that no foreign program may pass."""
SHORT = RecordingParams(min_seconds=0.1)
MUTATIONS = 300


@pytest.fixture(scope="module")
def hurried(ffmpeg: Ffmpeg) -> Ffmpeg:
    return Ffmpeg(ffmpeg.program, Limits(wall=LIMIT))


def read(path: Path, folder: Path, ffmpeg: Ffmpeg) -> Recording | InputError:
    """What the stage makes of a file. Anything else that it raises is a defect."""
    folder.mkdir()
    desk = Desk(folder)
    upload = Upload(file=desk.keep(path, "application/octet-stream"))
    try:
        return recording(upload, SHORT, SileroVoiceActivity(), ffmpeg, desk)
    except InputError as refusal:
        ended = refusal
    assert ended.message
    assert ended.remedy
    assert not {"{", "}"} & set(ended.message + ended.remedy)
    return ended


def small_video(path: Path, ffmpeg: Ffmpeg) -> bytes:
    """A second of picture and sound."""
    inputs = (
        *("-f", "lavfi", "-i", "testsrc=size=64x64:duration=1:rate=10"),
        *("-f", "lavfi", "-i", "sine=duration=1:sample_rate=16000"),
    )
    codecs = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
    ffmpeg.run((*inputs, *codecs, "-shortest", path.name), path.parent)
    return path.read_bytes()


def mutated(whole: bytes, seed: int) -> bytes:
    """Bytes flipped, the end cut off, a hole of zeros, two blocks swapped, or some of these."""
    rng = np.random.default_rng(seed)
    data = bytearray(whole)
    for _ in range(int(rng.integers(1, 4))):
        _DAMAGES[int(rng.integers(len(_DAMAGES)))](data, rng)
    return bytes(data)


def _flip(data: bytearray, rng: np.random.Generator) -> None:
    for at in rng.integers(0, len(data), int(rng.integers(1, 40))):
        data[at] ^= 1 << int(rng.integers(8))


def _cut(data: bytearray, rng: np.random.Generator) -> None:
    del data[int(rng.integers(16, len(data))) :]


def _hole(data: bytearray, rng: np.random.Generator) -> None:
    at, size = int(rng.integers(len(data))), int(rng.integers(4, 800))
    data[at : at + size] = bytes(len(data[at : at + size]))


def _swap(data: bytearray, rng: np.random.Generator) -> None:
    size = max(1, min(int(rng.integers(4, 400)), len(data) // 4))
    a, b = sorted(int(at) for at in rng.integers(0, len(data) - size, 2))
    if b - a >= size:
        data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]


_DAMAGES: tuple[Callable[[bytearray, np.random.Generator], None], ...] = (_flip, _cut, _hole, _swap)


@pytest.mark.parametrize("container", ["mp4", "mkv", "avi", "ts"])
def test_no_mutation_of_a_video_crashes_or_hangs(
    tmp_path: Path, ffmpeg: Ffmpeg, hurried: Ffmpeg, container: str
) -> None:
    whole = small_video(tmp_path / f"whole.{container}", ffmpeg)

    def survive(seed: int) -> Recording | InputError:
        path = tmp_path / f"{seed}.mp4"
        path.write_bytes(mutated(whole, seed))
        return read(path, tmp_path / f"desk{seed}", hurried)

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(survive, range(MUTATIONS // 4)))
    kinds = {type(each) for each in ended}
    assert Recording in kinds, "nothing could be read: the damage is too great to tell anything"
    assert len(kinds) >= 2, "nothing was refused: the damage is too small to tell anything"
    assert "ToolTimedOut" not in {kind.__name__ for kind in kinds}


def test_every_malformed_file_is_read_or_refused(
    media: Path, tmp_path: Path, hurried: Ffmpeg
) -> None:
    files = sorted(each for each in (media / "malformed").iterdir() if each.suffix != ".tsv")
    assert len(files) >= 50

    def survive(path: Path) -> Recording | InputError:
        return read(path, tmp_path / path.name, hurried)

    with ThreadPoolExecutor(2) as pool:
        ended = dict(zip((each.name for each in files), pool.map(survive, files), strict=True))
    for name, code in _EXPECTED.items():
        assert _code(ended[name]) in code, name


def _code(ended: Recording | InputError) -> str:
    return "read" if isinstance(ended, Recording) else ended.code


_EXPECTED = {
    "audio_only_15s.mp4": {"read"},
    "dash_mpd_as.mp4": {"playlist_not_recording"},
    "embedded_cover.mkv": {"read"},
    "ffconcat_as.mp4": {"playlist_not_recording"},
    "hls_fileread_as.mp4": {"playlist_not_recording"},
    "hls_ssrf_as.mp4": {"playlist_not_recording"},
    "html_as.mkv": {"not_recording"},
    "mb_multiple-aac-tracks.mp4": {"read"},
    "mb_rotate.mp4": {"read"},
    "moz_empty-samples.webm": {"empty_file"},
    "moz_encrypted.mp4": {"encrypted"},
    "silent-black-10s.mp4": {"read"},
    "svg_as.mp4": {"not_recording"},
    "text_as.mp4": {"not_recording"},
    "truncated_50pct.mp4": {"cut_short"},
    "truncated_tail_1pct.mp4": {"cut_short", "damaged"},
    "wpt_counter_300s.mp4": {"read"},
    "zero_length.mp4": {"empty_file"},
}


@contextmanager
def watched(path: Path) -> Iterator[Callable[[], bool]]:
    """Tells whether anybody has opened or read the file since (inotify)."""
    libc = ctypes.CDLL(None, use_errno=True)
    events = libc.inotify_init1(os.O_NONBLOCK)
    if events < 0:
        pytest.skip("this system has no inotify")
    try:
        libc.inotify_add_watch(events, os.fsencode(path), 0x1 | 0x20)  # IN_ACCESS | IN_OPEN

        def was_opened() -> bool:
            try:
                return bool(os.read(events, 4096))
            except BlockingIOError:
                return False

        yield was_opened
    finally:
        os.close(events)


_HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{secret}\n#EXT-X-ENDLIST\n"
_DISGUISES = {
    "hls": _HLS,
    "hls_after_blanks": "\n \n" + _HLS,
    "hls_after_a_mark_of_byte_order": "\ufeff" + _HLS,
    "hls_behind_an_id3_tag": "ID3\x03\x00\x00\x00\x00\x00\x00" + _HLS,
    "hls_behind_a_box": "\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom" + _HLS,
    "hls_with_a_key": "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI={secret}\n#EXTINF:5,\n{secret}\n",
    "hls_master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{secret}\n",
    "concat": "ffconcat version 1.0\nfile {secret}\n",
    "concat_after_a_comment": "# my lecture\nffconcat version 1.0\nfile {secret}\n",
    "concat_by_protocol": "ffconcat version 1.0\nfile file:{secret}\n",
    "dash": '<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation>'
    "<BaseURL>{secret}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "smooth": '<?xml version="1.0"?><SmoothStreamingMedia><c n="{secret}"/></SmoothStreamingMedia>',
    "playlist": "[playlist]\nFile1={secret}\nNumberOfEntries=1\n",
    "session": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "subtitles": "1\n00:00:00,000 --> 00:00:05,000\n{secret}\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{secret}"/></svg>',
    "avisynth": 'DirectShowSource("{secret}")\n',
    "ffmetadata": ";FFMETADATA1\ntitle={secret}\n",
}


@pytest.mark.parametrize("disguise", _DISGUISES)
def test_no_disguise_makes_another_file_be_read(
    tmp_path: Path, ffmpeg: Ffmpeg, hurried: Ffmpeg, disguise: str
) -> None:
    secret = tmp_path / "secret.ts"
    small_video(secret, ffmpeg)
    path = tmp_path / "lecture.mp4"
    path.write_text(_DISGUISES[disguise].format(secret=secret), encoding="utf-8")
    with watched(secret) as was_opened:
        ended = read(path, tmp_path / "desk", hurried)
        assert isinstance(ended, InputError)
        assert not was_opened()


def test_a_movie_that_keeps_its_samples_elsewhere_reads_nothing_there(
    tmp_path: Path, ffmpeg: Ffmpeg, hurried: Ffmpeg
) -> None:
    secret = tmp_path / "secret.ts"
    small_video(secret, ffmpeg)
    whole = small_video(tmp_path / "whole.mov", ffmpeg)
    reference = b"\x00\x00\x00\x0curl \x00\x00\x00\x01"
    assert reference in whole
    elsewhere = whole.replace(reference, b"\x00\x00\x00\x0curl \x00\x00\x00\x00")
    path = tmp_path / "lecture.mov"
    path.write_bytes(elsewhere)
    with watched(secret) as was_opened:
        read(path, tmp_path / "desk", hurried)
        assert not was_opened()


def test_the_watch_sees_a_file_being_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("seen")
    with watched(path) as was_opened:
        assert not was_opened()
        path.read_text()
        assert was_opened()
