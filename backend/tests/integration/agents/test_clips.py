"""Clips of recordings whose every frame and sound is known."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from noteai.agents.clips import ClipParams, clips
from noteai.agents.recording import upright
from noteai.engine.artifact import FileRef
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.content import Evidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline, Shot
from noteai.lecture.recording import AudioTrack, Recording
from noteai.lecture.sentences import assemble
from noteai.lecture.transcript import Transcript, Word
from noteai.media.container import recognise
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.probe import probe

STEP, LEVELS = 8, 24
COUNTING = rf"geq=lum='32+mod(N*{STEP}\,{STEP * LEVELS})':cb=128:cr=128"
"""Frame n is grey of 32 + 8 (n mod 24)."""
CLICKS = r"aevalsrc='0.5*lt(mod(t\,1)\,0.02)*sin(2*PI*1000*t)':s=48000"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p")
CROPPED = ("-vf", "format=yuv444p,crop=319:179:0:0:exact=1")
QUICK = {"preset": "ultrafast", "crf": 10, "aspect": "source"}
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Desk:
    workdir: Path

    def keep(self, path: Path, media_type: str) -> FileRef:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        shutil.copy(path, self.workdir / digest)
        return FileRef(digest=digest, media_type=media_type, size=path.stat().st_size)

    def fetch(self, ref: FileRef) -> Path:
        return self.workdir / ref.digest

    def progress(self, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def charge(self, dollars: float) -> None:
        """Nothing here costs anything."""


@dataclass(frozen=True)
class Studio:
    """Makes recordings, and clips of them."""

    desk: Desk
    ffmpeg: Ffmpeg

    def record(self, name: str, *args: str) -> Recording:
        self.ffmpeg.run((*args, name), self.desk.workdir)
        return self.open(self.desk.workdir / name)

    def count(self, name: str, *more: str, rate: str = "25", size: str = "320x180") -> Recording:
        """Twelve seconds of counting frames, with a click each second."""
        shown = ("-f", "lavfi", "-i", f"color=s={size}:r={rate}:d=12,{COUNTING}")
        heard = ("-f", "lavfi", "-i", CLICKS)
        return self.record(name, *shown, *heard, "-t", "12", *H264, "-c:a", "aac", *more)

    def open(self, path: Path) -> Recording:
        ref = self.desk.keep(path, "video/mp4")
        demuxer = recognise(path).demuxer
        contents = probe(self.desk.fetch(ref), demuxer, self.desk.workdir)
        assert contents
        sound = [each.model_dump(exclude={"decodable", "tag"}) for each in contents.audio]
        return Recording(
            file=ref,
            container=demuxer,
            duration=contents.duration,
            video=next(map(upright, contents.video), None),
            audio_track=AudioTrack(**sound[0]) if sound else None,
            audio=None,
        )

    def cut(
        self,
        recording: Recording,
        start: float,
        end: float,
        layout: LayoutTimeline | None = None,
        words: Transcript | None = None,
        **params: Any,
    ) -> tuple[Clip, Path]:
        knobs = ClipParams(**(QUICK | params))
        made: ClipSet = clips(
            recording, plan(start, end), words or spoken(), layout, knobs, self.ffmpeg, self.desk
        )
        (clip,) = made.clips
        return clip, self.desk.fetch(clip.video)


@pytest.fixture
def studio(tmp_path: Path, ffmpeg: Ffmpeg) -> Studio:
    return Studio(Desk(tmp_path), ffmpeg)


def plan(start: float, end: float) -> HighlightPlan:
    highlight = Highlight(
        start=start,
        end=end,
        rank=1,
        title="Waves {\\b1} and 100% \\Noise",
        score=1,
        reasons=(),
        evidence=Evidence(),
        topic="t0",
    )
    return HighlightPlan(highlights=(highlight,))


def spoken(*times: tuple[float, float], text: str = "wave") -> Transcript:
    return assemble(
        "en",
        [
            Word(id=f"w{n}", start=start, end=end, text=text, probability=1)
            for n, (start, end) in enumerate(times)
        ],
    )


def frames(path: Path, shape: str = "gray") -> list[Grey]:
    """All frames, decoded: a file that does not play fails here."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format=shape) for frame in file.decode(video=0)]


def counted(path: Path) -> list[int]:
    greys = (float(frame.mean()) for frame in frames(path))
    # Full-range grey back to the limited range in which the frames were counted.
    return [round((16 + grey * 219 / 255 - 32) / STEP) % LEVELS for grey in greys]


def sound(path: Path) -> npt.NDArray[np.float32]:
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray().mean(0) for frame in file.decode(audio=0)])


def clicks(path: Path) -> list[float]:
    heard = np.abs(sound(path))
    loud = np.flatnonzero(heard > 0.3 * heard.max())
    return list(loud[np.r_[True, np.diff(loud) > 4800]] / 48000)


def faults(path: Path, start: float, rate: float, fps: float) -> set[int]:
    """How many frames of the source each frame is away from the one that should show."""
    wanted = (int((start + n / fps) * rate + 1e-6) for n in range(10**6))
    shown = zip(counted(path), wanted, strict=False)
    return {(got - want + LEVELS // 2) % LEVELS - LEVELS // 2 for got, want in shown}


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv"])
@pytest.mark.parametrize("start", [0.0, 3.33, 7.02])
def test_each_frame_is_the_one_shown_at_its_instant(
    studio: Studio, name: str, start: float
) -> None:
    counting = studio.count(name, "-g", "75", "-bf", "2")
    clip, path = studio.cut(counting, start, start + 2, fade=0)
    assert faults(path, start, 25, 25) <= {-1, 0, 1}
    assert len(frames(path)) == 50
    assert clip.length == 2.0


def test_a_frame_that_began_long_before_the_cut_is_still_shown(studio: Studio) -> None:
    counting = studio.count("slow.mp4", rate="1/2")
    _, path = studio.cut(counting, 3.33, 7.0, fade=0)
    assert faults(path, 3.33, 0.5, 10) == {0}


def test_a_fast_recording_is_thinned_to_the_highest_rate(studio: Studio) -> None:
    counting = studio.count("fast.mp4", rate="60")
    _, path = studio.cut(counting, 2.0, 4.0, fade=0)
    assert len(frames(path)) == 60
    assert faults(path, 2.0, 60, 30) <= {-1, 0, 1}


def test_sound_and_picture_stay_together(studio: Studio) -> None:
    _, path = studio.cut(studio.count("a.mp4"), 3.33, 7.33, fade=0)
    wanted = [second - 3.33 for second in range(ceil(3.33), ceil(7.33))]
    assert np.allclose(clicks(path), wanted, atol=0.005)


def test_removed_pauses_leave_sound_and_picture_together(studio: Studio) -> None:
    words = spoken((1.0, 2.0), (7.0, 9.0))
    clip, path = studio.cut(
        studio.count("a.mp4"), 1.0, 9.0, words=words, fade=0, remove_pauses_longer_than=1.0
    )
    assert clip.length == 4.0
    assert counted(path)[36:39] == [61 % 24, 62 % 24, 163 % 24]
    assert np.allclose(clicks(path)[-2:], [2.0, 3.0], atol=0.005)


def test_a_picture_that_ends_early_stands_still(studio: Studio) -> None:
    shown = ("-f", "lavfi", "-t", "4", "-i", f"color=s=320x180:r=25,{COUNTING}")
    heard = ("-f", "lavfi", "-t", "12", "-i", CLICKS)
    short = studio.record("short.mp4", *shown, *heard, *H264, "-c:a", "aac")
    _, path = studio.cut(short, 8.0, 10.0, fade=0)
    assert set(counted(path)) == {99 % LEVELS}
    assert len(frames(path)) == 50


@pytest.mark.parametrize(
    ("name", "args", "size"),
    [
        ("odd.mkv", (*CROPPED, "-pix_fmt", "yuv444p"), (320, 180)),
        ("wide.mp4", ("-vf", "setsar=2"), (640, 180)),
        ("deep.mp4", ("-pix_fmt", "yuv420p10le"), (320, 180)),
        ("full.mov", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"), (320, 180)),
    ],
)
def test_every_kind_of_picture_becomes_even_square_and_of_8_bits(
    studio: Studio, name: str, args: tuple[str, ...], size: tuple[int, int]
) -> None:
    clip, path = studio.cut(studio.count(name, *args), 1.0, 2.0, fade=0)
    assert (clip.width, clip.height) == size
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        assert (video.width, video.height, video.pix_fmt) == (*size, "yuv420p")
    assert counted(path)[0] == 1


def test_a_rotated_recording_stands_upright(studio: Studio) -> None:
    studio.count("lying.mp4")
    turned = studio.record("turned.mp4", "-display_rotation", "90", "-i", "lying.mp4", "-c", "copy")
    clip, path = studio.cut(turned, 1.0, 2.0)
    assert (clip.width, clip.height) == (180, 320)
    assert frames(path)[0].shape == (320, 180)


def test_slides_and_speaker_are_composed_and_change_with_the_layout(studio: Studio) -> None:
    """Red slides and a blue speaker on black; then the speaker alone."""
    drawn = (
        "color=black:s=640x360:r=25:d=8,drawbox=20:60:400:240:red:fill,"
        "drawbox=440:90:180:120:blue:fill"
    )
    lecture = studio.record("side.mp4", "-f", "lavfi", "-i", drawn, *H264)
    screen, camera = Box(20, 60, 400, 240), Box(440, 90, 180, 120)
    both = {"confidence": 1.0, "screen": screen, "camera": camera}
    shots = (
        Shot(start=0, end=4, kind="side_by_side", **both),
        Shot(start=4, end=8, kind="camera", **both),
    )
    layout = LayoutTimeline(width=640, height=360, shots=shots, slides=())
    _, path = studio.cut(lecture, 2.0, 6.0, layout, aspect="9:16", fade=0)
    shown = frames(path, "rgb24")
    assert len(shown) == 100
    assert share(shown[0], red) == pytest.approx(640 * 384 / (640 * 1138), abs=0.03)
    assert share(shown[49], blue) > 0.1
    assert share(shown[50], red) < 0.01
    assert share(shown[50], blue) == pytest.approx(640 * 426 / (640 * 1138), abs=0.03)


def red(picture: Grey) -> npt.NDArray[np.bool_]:
    return (picture[..., 0] > 150) & (picture[..., 2] < 90)


def blue(picture: Grey) -> npt.NDArray[np.bool_]:
    return (picture[..., 2] > 150) & (picture[..., 0] < 90)


def share(picture: Grey, colour: Callable[[Grey], npt.NDArray[np.bool_]]) -> float:
    return float(colour(picture).mean())


def test_burned_captions_stand_in_their_band_and_not_on_the_picture(studio: Studio) -> None:
    white = ("-f", "lavfi", "-i", "color=0x808080:s=640x360:r=25:d=8", "-f", "lavfi", "-i", CLICKS)
    plain = studio.record("plain.mp4", *white, *H264, "-c:a", "aac", "-t", "8")
    words = spoken((1.0, 3.0), text="entropy")
    clip, path = studio.cut(plain, 1.0, 4.0, words=words, burn_captions=True, aspect="16:9")
    bright = frames(path)[40] > 220
    assert bright.any()
    assert not bright[: round(0.85 * clip.height)].any()


def test_sidecar_captions_count_from_the_start_of_the_clip(studio: Studio) -> None:
    words = spoken((3.0, 3.5), (3.5, 4.0), (30.0, 31.0))
    clip, _ = studio.cut(studio.count("a.mp4"), 2.0, 6.0, words=words)
    srt = studio.desk.fetch(clip.srt).read_text()
    assert "00:00:01,000 -->" in srt
    assert "wave wave" in srt
    assert studio.desk.fetch(clip.vtt).read_text().startswith("WEBVTT")


def test_the_thumbnail_is_a_picture_of_the_clip(studio: Studio) -> None:
    clip, _ = studio.cut(studio.count("a.mp4"), 2.0, 6.0)
    (picture,) = frames(studio.desk.fetch(clip.thumbnail))
    assert picture.shape == (clip.height, clip.width)


def test_the_index_of_a_clip_stands_before_its_media(studio: Studio) -> None:
    _, path = studio.cut(studio.count("a.mp4"), 2.0, 4.0)
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


@pytest.mark.parametrize("level", ["-30dB", "6dB"])
def test_speech_of_any_level_comes_to_the_loudness_asked_for(
    studio: Studio, media: Path, level: str
) -> None:
    speech = ("-i", str(media / "audio" / "jfk.flac"), "-af", f"volume={level}")
    clip, path = studio.cut(studio.record("speech.flac", *speech), 0.0, 10.0)
    told = studio.ffmpeg.run(
        (
            "-v",
            "info",
            "-i",
            str(path),
            "-af",
            "ebur128=peak=true:framelog=quiet",
            "-f",
            "null",
            "-",
        ),
        studio.desk.workdir,
    ).stderr
    summary = told[told.rindex("Summary") :]
    assert float(summary.split("I:")[1].split()[0]) == pytest.approx(clip.loudness, abs=0.3)
    assert clip.loudness == pytest.approx(-16, abs=0.5)
    assert float(summary.split("Peak:")[1].split()[0]) <= -1.5


def test_sound_fades_in_and_out(studio: Studio) -> None:
    tone = ("-f", "lavfi", "-i", "sine=440:d=8")
    _, path = studio.cut(studio.record("tone.flac", *tone), 1.0, 3.0, fade=0.5)
    heard = np.abs(sound(path))
    assert heard[1000:2000].max() < 0.1 * heard[40_000:50_000].max()
    assert heard[94_500:96_000].max() < 0.1 * heard[40_000:50_000].max()


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_sound_alone_becomes_an_audiogram_with_its_words(studio: Studio, aspect: str) -> None:
    tone = studio.record("tone.flac", "-f", "lavfi", "-i", "sine=440:d=8")
    clip, path = studio.cut(tone, 1.0, 3.0, words=spoken((1.2, 2.8)), aspect=aspect)
    shown = frames(path, "rgb24")
    assert len(shown) == 50
    middle = shown[25]
    words = (middle.min(axis=2) > 200).any(axis=1)
    wave = ((middle[..., 2] > 200) & (middle[..., 0] < 160)).any(axis=1)
    assert words[: clip.height // 3].any()
    assert words[clip.height // 2 :].any()
    assert wave[clip.height // 5 : clip.height * 3 // 4].any()


def test_silence_is_not_raised(studio: Studio) -> None:
    quiet = studio.record("quiet.flac", "-f", "lavfi", "-i", "anullsrc", "-t", "4")
    clip, path = studio.cut(quiet, 1.0, 3.0)
    assert clip.loudness == -70.0
    assert np.abs(sound(path)).max() == 0.0


def test_letters_that_no_font_has_are_said_and_not_drawn(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = studio.desk.workdir / "fonts.conf"
    conf.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(conf))
    knobs = ClipParams(burn_captions=True, preset="ultrafast")
    made = clips(
        studio.count("a.mp4"),
        plan(1.0, 2.0),
        spoken((1.0, 2.0), text="엔트로피"),
        None,
        knobs,
        studio.ffmpeg,
        studio.desk,
    )
    assert "엔" in made.warnings[0]
    assert "엔트로피" in studio.desk.fetch(made.clips[0].srt).read_text()


def test_no_highlights_give_no_clips(studio: Studio) -> None:
    made = clips(
        studio.count("a.mp4"),
        HighlightPlan(highlights=()),
        spoken(),
        None,
        ClipParams(),
        studio.ffmpeg,
        studio.desk,
    )
    assert made.clips == ()


@pytest.mark.parametrize(
    "name",
    [
        "malformed/increasing_timestamps_360p.mp4",
        "malformed/mb_cursed-vfr.mp4",
        "malformed/mb_rotate.mp4",
        "malformed/hdr10-av1.mp4",
        "malformed/silent-black-10s.mp4",
        "video/eth_lecture_slide_10s.mov",
        "video/interview_bcast_35s.mp4",
        "video/opencast_scene_change_20s.mov",
    ],
)
def test_clips_of_real_and_broken_recordings_play(studio: Studio, media: Path, name: str) -> None:
    lecture = studio.open(media / name)
    start = lecture.duration / 4
    clip, path = studio.cut(lecture, start, start + 1.5, aspect="16:9")
    shown = frames(path)
    assert shown[0].shape == (clip.height, clip.width)
    if lecture.audio_track:
        assert sound(path).size / 48000 == pytest.approx(clip.length, abs=0.03)
