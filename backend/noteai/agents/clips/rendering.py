"""One clip, rendered by itself: it can be made anew, or beside others."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from noteai.agents.clips.composition import Canvas, Size, canvas
from noteai.agents.clips.page import page
from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.passage import inner_pauses, snapshots, takes
from noteai.agents.clips.thumbnail import choose
from noteai.engine.stage import Context
from noteai.lecture.captions import Cue, cues, to_srt, to_vtt
from noteai.lecture.clips import Clip
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import Box, LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.media import filters, fonts, render
from noteai.media.cuts import Cut, constant_rate, cut
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.render import Encoding, Mix
from noteai.timeline import span

AUDIOGRAM_RATE = 25.0
_AUDIOGRAM = Size(1280, 720)
_MOST_GAIN = 30.0
"""dB: what is quieter is noise, and stays quiet."""
_MOST_THREADS = 8


@dataclass(frozen=True)
class Source:
    """A recording with what is known about it, and where its file lies."""

    path: Path
    recording: Recording
    transcript: Transcript
    layout: LayoutTimeline | None


@dataclass(frozen=True)
class _Job:
    """A clip to be: the frames that it plays, its canvas and its captions."""

    cut: Cut
    canvas: Canvas
    cues: tuple[Cue, ...]
    title: str
    captioned: bool


def render_clip(
    source: Source,
    highlight: Highlight,
    params: ClipParams,
    ffmpeg: Ffmpeg,
    ctx: Context,
    on_time: Callable[[float], None] | None = None,
) -> Clip:
    """Render one highlight in a folder of its own; `on_time` hears the seconds written.

    One run of ffmpeg makes the picture, the sound and the thumbnail's candidates; a run
    before it measures the loudness of the sound alone.
    """
    folder = ctx.workdir / f"clip-{highlight.rank}"
    folder.mkdir(exist_ok=True)
    job = _plan(source, highlight, params)
    if job.captioned:
        _typeset(job, folder)
    gain = _gain(source, job.cut, params, ffmpeg, folder)
    mix = Mix(gain, params.true_peak, min(params.fade, job.cut.length / 4))
    ffmpeg.run(_arguments(source, job, mix, params), folder, on_time)
    return _kept(job, highlight, folder, ctx)


def _plan(source: Source, highlight: Highlight, params: ClipParams) -> _Job:
    recording, video = source.recording, source.recording.video
    passage = span(highlight.start, min(highlight.end, max(recording.duration, highlight.start)))
    words = source.transcript.words
    pauses = inner_pauses(passage, words, params.remove_pauses_longer_than)
    average = video.frame_rate if video else AUDIOGRAM_RATE
    rate = constant_rate(average, params.max_frame_rate)
    size = Size(video.width, video.height) if video else _AUDIOGRAM
    captioned = params.burn_captions or video is None
    return _Job(
        cut=cut(passage, pauses, rate),
        canvas=canvas(size, params.aspect, params.max_short_side, captioned=captioned),
        cues=cues(source.transcript, within=passage, removed=pauses),
        title="" if video else highlight.title,
        captioned=captioned,
    )


def _typeset(job: _Job, folder: Path) -> None:
    """Lay out what libass draws: the page and its font."""
    fonts.lay_out(folder)
    size, _, band = job.canvas
    text = page(job.cues, size, band, title=job.title, length=job.cut.length)
    (folder / filters.CAPTIONS_FILE).write_text(text, encoding="utf-8")


def _gain(source: Source, job_cut: Cut, params: ClipParams, ffmpeg: Ffmpeg, folder: Path) -> float:
    """dB that bring the sound of the cut to the loudness asked for; 0 for silence."""
    if source.recording.audio_track is None:
        return 0.0
    ffmpeg.run(render.measure(str(source.path), source.recording, job_cut), folder)
    measured = _loudness(folder)
    if measured <= render.SILENT:
        return 0.0
    return min(_MOST_GAIN, params.loudness - measured)


def _arguments(source: Source, job: _Job, mix: Mix, params: ClipParams) -> tuple[str, ...]:
    path, recording = str(source.path), source.recording
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    encoding = Encoding(params.preset, params.crf, params.audio_bitrate, threads)
    size, stage, _ = job.canvas
    if recording.video is None:
        wave = _wave(size)
        return render.audiogram(path, recording, job.cut, size, wave, mix, encoding)
    upright = Size(recording.video.width, recording.video.height)
    layout = None if params.aspect == "source" else source.layout
    picture = filters.Picture(
        index=recording.video.index,
        source=upright,
        canvas=size,
        takes=takes(layout, job.cut, upright, stage),
        snapshots=snapshots(source.layout, job.cut, mix.fade),
    )
    return render.clip(path, recording, job.cut, picture, mix, encoding, captioned=job.captioned)


def _kept(job: _Job, highlight: Highlight, folder: Path, ctx: Context) -> Clip:
    """Put the files of a rendered clip into the store."""
    (folder / "clip.srt").write_text(to_srt(job.cues), encoding="utf-8")
    (folder / "clip.vtt").write_text(to_vtt(job.cues), encoding="utf-8")
    thumbnail = choose(sorted(folder.glob("snapshot-*.jpg")))
    return Clip(
        start=highlight.start,
        end=highlight.end,
        rank=highlight.rank,
        title=highlight.title,
        topic=highlight.topic,
        video=ctx.keep(folder / render.VIDEO_FILE, "video/mp4"),
        thumbnail=ctx.keep(thumbnail, "image/jpeg"),
        srt=ctx.keep(folder / "clip.srt", "application/x-subrip"),
        vtt=ctx.keep(folder / "clip.vtt", "text/vtt"),
        width=job.canvas.size.w,
        height=job.canvas.size.h,
        length=job.cut.length,
        loudness=_loudness(folder),
    )


def _loudness(folder: Path) -> float:
    heard = folder / filters.LOUDNESS_FILE
    return render.integrated_loudness(heard.read_text() if heard.exists() else "")


def _wave(size: Size) -> Box:
    """The middle of the picture, between title and captions."""
    width, height = 2 * round(0.4 * size.w), 2 * round(0.15 * size.h)
    return Box((size.w - width) // 4 * 2, 2 * round(0.25 * size.h), width, height)
