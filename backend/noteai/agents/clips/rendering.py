"""One clip, rendered by itself: it can be made anew, or beside others."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from noteai.agents.clips.composition import Canvas, Size, canvas, caption_columns
from noteai.agents.clips.page import page
from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.passage import inner_pauses, snapshots, takes
from noteai.agents.clips.thumbnail import choose
from noteai.engine.stage import Context
from noteai.lecture.captions import Cue, CueStyle, cues, to_srt, to_vtt
from noteai.lecture.clips import Clip
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import Box, LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.media import filters, fonts, render
from noteai.media.cuts import Cut, constant_rate, cut, lead
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.render import Encoding, Loudness, Mix
from noteai.timeline import span

AUDIOGRAM_RATE = 25.0
_AUDIOGRAM = Size(1280, 720)
_MOST_GAIN = 30.0
"""dB: what is quieter is noise, and stays quiet."""
_SOFT_LIMITING = 2.0
"""dB over the limit that cost hardly any loudness."""
_MOST_LOST = 6.0
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
    drawn: tuple[Cue, ...] | None
    """The captions for the picture, in columns that fit it; None when none are drawn."""
    title: str


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
    if job.drawn is not None:
        _typeset(job, folder)
    mix = _mix(source, job.cut, params, ffmpeg, folder)
    ffmpeg.run(_arguments(source, job, mix, params), folder, on_time)
    return _kept(job, highlight, folder, ctx)


def _plan(source: Source, highlight: Highlight, params: ClipParams) -> _Job:
    recording, video, transcript = source.recording, source.recording.video, source.transcript
    passage = span(highlight.start, min(highlight.end, max(recording.duration, highlight.start)))
    pauses = inner_pauses(passage, transcript.words, params.remove_pauses_longer_than)
    average = video.frame_rate if video else AUDIOGRAM_RATE
    size = Size(video.width, video.height) if video else _AUDIOGRAM
    rate = constant_rate(average, params.max_frame_rate)
    captioned = params.burn_captions or video is None
    shape = canvas(size, params.aspect, params.max_short_side, captioned=captioned)
    style = CueStyle(columns=caption_columns(shape.size))
    return _Job(
        cut=cut(passage, pauses, rate, lead(recording.container)),
        canvas=shape,
        cues=cues(transcript, None, passage, pauses),
        drawn=cues(transcript, style, passage, pauses) if captioned else None,
        title="" if video else highlight.title,
    )


def _typeset(job: _Job, folder: Path) -> None:
    """Lay out what libass draws: the page and its font."""
    size, _, band = job.canvas
    fonts.lay_out(folder)
    text = page(job.drawn or (), size, band, title=job.title, length=job.cut.length)
    (folder / filters.CAPTIONS_FILE).write_text(text, encoding="utf-8")


def _mix(source: Source, job_cut: Cut, params: ClipParams, ffmpeg: Ffmpeg, folder: Path) -> Mix:
    """The gain to the loudness asked for; where it drives the limiter hard, corrected once."""
    mix = Mix(0.0, params.true_peak, min(params.fade, job_cut.length / 4))
    if source.recording.audio_track is None:
        return mix
    path = str(source.path)
    ffmpeg.run(render.measure(path, source.recording, job_cut), folder)
    heard = _loudness(folder)
    if heard.integrated <= render.SILENT:
        return mix
    mix = replace(mix, gain=min(_MOST_GAIN, params.loudness - heard.integrated))
    if heard.peak + mix.gain <= params.true_peak + _SOFT_LIMITING:
        return mix
    ffmpeg.run(render.measure(path, source.recording, job_cut, mix), folder)
    lost = params.loudness - _loudness(folder).integrated
    return replace(mix, gain=min(_MOST_GAIN, mix.gain + max(0.0, min(_MOST_LOST, lost))))


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
    captioned = job.drawn is not None
    return render.clip(path, recording, job.cut, picture, mix, encoding, captioned=captioned)


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
        loudness=_loudness(folder).integrated,
    )


def _loudness(folder: Path) -> Loudness:
    heard = folder / filters.LOUDNESS_FILE
    return render.loudness(heard.read_text() if heard.exists() else "")


def _wave(size: Size) -> Box:
    """The middle of the picture, between title and captions."""
    width, height = 2 * round(0.4 * size.w), 2 * round(0.18 * size.h)
    return Box((size.w - width) // 4 * 2, 2 * round(0.2 * size.h), width, height)
