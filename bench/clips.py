"""Clips: how loud they are, and how long rendering takes.

`python -m bench.clips` prints the rows. Media are found by NOTEAI_MEDIA_DIR.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

from bench.clock import best_of
from bench.desk import Desk, desk
from bench.media import FFMPEG, media
from bench.recordings import probed
from bench.table import Row, table
from noteai.agents.clips import ClipParams, clips
from noteai.agents.clips.composition import Size, canvas, compose
from noteai.lecture.clips import Aspect, Clip
from noteai.lecture.content import Evidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline, Shot
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import Fonts

SPEECH = (
    "audio/jfk.flac",
    "audio/opencast_testspeech_60s.mp4",
    "video/gis_mooc_slides_101s.mp4",
    "video/astro_mooc_slides_8s.mp4",
    "video/eth_lecture_slide_10s.mov",
    "video/ko_slides_annotated_20s.mp4",
    "video/interview_bcast_35s.mp4",
)
SIZE = (1280, 720)
SCREEN, CAMERA = Box(16, 120, 848, 478), Box(896, 216, 360, 288)
SECONDS = 20.0
START = 5.0
ROUNDS = 2
PARAMS = ClipParams()
FONTS = Fonts()


def quality() -> list[Row]:
    with desk({Ffmpeg: FFMPEG, Fonts: FONTS}) as here:
        heard = [_loudness(here, name) for name in SPEECH]
    away = max(abs(loudness - PARAMS.loudness) for loudness, _ in heard)
    peak = max(peak for _, peak in heard)
    on = f"{len(SPEECH)} recordings of speech"
    return [
        Row("clips: furthest from -16 LUFS, LU", on, round(away, 2), 0.5, "at most"),
        Row("clips: highest true peak, dB", on, peak, PARAMS.true_peak, "at most"),
    ]


def speed() -> list[Row]:
    with desk({Ffmpeg: FFMPEG, Fonts: FONTS}) as here:
        lecture = _side_by_side(here)
        path = here.fetch(lecture.file)
        tall = here.fetch(_clip(here, lecture, "9:16", _layout()).video)
        took = best_of(
            ROUNDS,
            {
                "plain": lambda: _plain(here, path),
                "moviepy": lambda: _moviepy(here, lecture),
                "composed": lambda: _clip(here, lecture, "16:9", _layout()),
                "whole": lambda: _clip(here, lecture, "source", None),
                "tall": lambda: _clip(here, lecture, "9:16", _layout()),
                "tall again": lambda: _plain(here, tall, 0.0),
                "burned": lambda: _clip(here, lecture, "16:9", None, burn_captions=True),
            },
        )
    on = f"slides beside a camera, 720p, {SECONDS:.0f} s"
    limit = "clips: time against a plain re-encode"
    return [
        Row(f"{limit}, 16:9 composed", on, _ratio(took, "composed", "plain"), 1.25, "at most"),
        Row(f"{limit}, source shape", on, _ratio(took, "whole", "plain"), 1.25, "at most"),
        Row(f"{limit} of the clip, 9:16", on, _ratio(took, "tall", "tall again"), 1.25, "at most"),
        Row(f"{limit}, captions burned", on, _ratio(took, "burned", "plain"), 1.25, "at most"),
        Row("clips: faster than MoviePy, 16:9", on, _ratio(took, "moviepy", "composed"), 4.0),
        Row("clips: seconds rendered a second", on, round(SECONDS / took["composed"], 1)),
    ]


def _side_by_side(desk: Desk) -> Recording:
    """A lecture with slides on the left and the speaker on the right."""
    path = desk.workdir / "lecture.mp4"
    graph = (
        f"color=0x303060:s={SIZE[0]}x{SIZE[1]}:r=25:d=30[ground];"
        f"[0:v]scale={SCREEN.w}:{SCREEN.h},fps=25[slides];[1:v]fps=25[camera];"
        f"[ground][slides]overlay={SCREEN.x}:{SCREEN.y}[some];"
        f"[some][camera]overlay={CAMERA.x}:{CAMERA.y}:shortest=1[out]"
    )
    slides, camera = media("video/gis_mooc_slides_101s.mp4"), media("layout/faces/franck_200s.mp4")
    inputs = ("-ss", "20", "-t", "30", "-i", str(slides), "-t", "30", "-i", str(camera))
    coded = ("-c:v", "libx264", "-preset", "fast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-t", "30")
    args = (*inputs, "-filter_complex", graph, "-map", "[out]", "-map", "0:a", *coded, str(path))
    FFMPEG.run(args, desk.workdir)
    return probed(desk, path)


def _layout() -> LayoutTimeline:
    shot = Shot(start=0, end=30, kind="side_by_side", confidence=1, screen=SCREEN, camera=CAMERA)
    return LayoutTimeline(width=SIZE[0], height=SIZE[1], shots=(shot,), slides=())


def _clip(
    desk: Desk, lecture: Recording, aspect: Aspect, layout: LayoutTimeline | None, **knobs: Any
) -> Clip:
    start = min(START, lecture.duration / 4)
    end = min(start + SECONDS, lecture.duration)
    highlight = Highlight(
        start=start,
        end=end,
        rank=1,
        title="",
        score=1,
        reasons=(),
        evidence=Evidence(),
        topic="t0",
    )
    plan = HighlightPlan(highlights=(highlight,))
    silent = Transcript(language="und", words=(), sentences=())
    params = ClipParams(aspect=aspect, **knobs)
    return clips(lecture, plan, silent, None, layout, params, FFMPEG, FONTS, desk).clips[0]


def _plain(desk: Desk, path: Path, start: float = START) -> None:
    """The same seconds through the same encoders, and nothing else."""
    args = (
        "-ss", str(start), "-i", str(path), "-t", str(SECONDS),
        "-c:v", "libx264", "-preset", PARAMS.preset, "-crf", str(PARAMS.crf),
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", str(PARAMS.audio_bitrate), "-ac", "2",
        "-movflags", "+faststart", "plain.mp4",
    )  # fmt: skip
    FFMPEG.run(args, desk.workdir)


def _moviepy(desk: Desk, lecture: Recording) -> None:
    """The composition that the stage makes, by MoviePy with the same settings of x264."""
    from moviepy import CompositeVideoClip, VideoFileClip

    stage = canvas(Size(*SIZE), "16:9", PARAMS.max_short_side, captioned=False).stage
    panels = compose(_layout().shots[0], Size(*SIZE), stage).panels
    with VideoFileClip(str(desk.fetch(lecture.file))) as film:
        part = film.subclipped(START, START + SECONDS)
        shown = [
            part.cropped(
                x1=panel.source.x, y1=panel.source.y, width=panel.source.w, height=panel.source.h
            )
            .resized((panel.target.w, panel.target.h))
            .with_position((panel.target.x, panel.target.y))
            for panel in panels
        ]
        whole = CompositeVideoClip(shown, size=SIZE, bg_color=(20, 24, 29))
        whole.with_audio(part.audio).write_videofile(
            str(desk.workdir / "moviepy.mp4"),
            codec="libx264",
            preset=PARAMS.preset,
            ffmpeg_params=["-crf", str(PARAMS.crf), "-movflags", "+faststart"],
            audio_codec="aac",
            temp_audiofile_path=str(desk.workdir),
            threads=os.cpu_count(),
            logger=None,
        )


def _loudness(desk: Desk, name: str) -> tuple[float, float]:
    """Integrated loudness and true peak of a rendered clip, measured on the file itself."""
    made = _clip(desk, probed(desk, media(name)), "source", None)
    command = [
        FFMPEG.program, "-hide_banner", "-i", str(desk.fetch(made.video)),
        "-af", "ebur128=peak=true", "-f", "null", "-",
    ]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = told[told.rindex("Summary") :]
    found = [re.search(rf"{key}:\s+(-?[\d.]+)", summary) for key in ("I", "Peak")]
    integrated, peak = (float(each[1]) if each else 0.0 for each in found)
    return integrated, peak


def _ratio(took: dict[str, float], one: str, other: str) -> float:
    return round(took[one] / took[other], 2)


if __name__ == "__main__":
    print(table([*quality(), *speed()]))
