"""Makes recordings whose every frame and sound is known, cuts clips of them, and reads those."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from desk import Desk

from noteai.agents.clips import ClipParams, clips
from noteai.agents.recording import upright
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.content import Evidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import AudioTrack, Recording
from noteai.lecture.sentences import assemble
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript, Word
from noteai.media.container import recognise
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import Fonts
from noteai.media.probe import probe

STEP, LEVELS = 8, 24
COUNTING = rf"geq=lum='32+mod(N*{STEP}\,{STEP * LEVELS})':cb=128:cr=128"
"""Frame n is grey of 32 + 8 (n mod 24)."""
CLICKS = r"aevalsrc='0.5*lt(mod(t\,1)\,0.02)*sin(2*PI*1000*t)':s=48000"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p")
QUICK = {"preset": "ultrafast", "crf": 10, "aspect": "source"}
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Studio:
    """Makes recordings, and clips of them."""

    desk: Desk
    ffmpeg: Ffmpeg
    fonts: Fonts = field(default_factory=Fonts)

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
        quiet: SilenceMap | None = None,
        **params: Any,
    ) -> tuple[Clip, Path]:
        (clip,) = self.render(recording, plan(start, end), layout, words, quiet, **params).clips
        return clip, self.desk.fetch(clip.video)

    def render(
        self,
        recording: Recording,
        plan: HighlightPlan,
        layout: LayoutTimeline | None = None,
        words: Transcript | None = None,
        quiet: SilenceMap | None = None,
        **params: Any,
    ) -> ClipSet:
        knobs = ClipParams(**(QUICK | params))
        made: ClipSet = clips(
            recording,
            plan,
            words or spoken(),
            quiet,
            layout,
            knobs,
            self.ffmpeg,
            self.fonts,
            self.desk,
        )
        assert max(self.desk.heard, default=0) <= 1
        return made


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
    words = (Word(id="w0", start=start, end=end, text=text, probability=1) for start, end in times)
    return assemble("en", list(words))


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
