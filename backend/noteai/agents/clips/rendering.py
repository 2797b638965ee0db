"""One clip, rendered by itself: it can be made anew, or beside others."""

from dataclasses import dataclass, replace
from pathlib import Path

from noteai.agents.clips.composition import Canvas, Size, canvas, caption_columns, close
from noteai.agents.clips.order import ClipOrder, RenderedClip
from noteai.agents.clips.page import page
from noteai.agents.clips.passage import snapshots, takes
from noteai.agents.clips.text_track import text_track
from noteai.agents.clips.thumbnail import choose
from noteai.cgroup import processors
from noteai.engine.stage import Context, part
from noteai.lecture.captions import Cue, CueStyle, cues, to_srt, to_vtt
from noteai.lecture.language_codes import iso_639_2
from noteai.lecture.layout import Box
from noteai.media import filters, render
from noteai.media.cuts import Cut, constant_rate, cut, lead
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.filters import Take
from noteai.media.fonts import Fonts
from noteai.media.render import Encoding, Label, Loudness, Mix

AUDIOGRAM_RATE = 25.0
_AUDIOGRAM = Size(1280, 720)
_MOST_GAIN = 30.0
"""dB: what is quieter is noise, and stays quiet."""
_SOFT_LIMITING = 2.0
"""dB over the limit that cost hardly any loudness."""
_MOST_LOST = 6.0
_MOST_THREADS = 8


@dataclass(frozen=True)
class _Job:
    """A clip to be: the frames that it plays, its canvas and its captions."""

    cut: Cut
    canvas: Canvas
    takes: tuple[Take, ...]
    """Empty where the recording has no picture."""
    cues: tuple[Cue, ...]
    drawn: tuple[Cue, ...] | None
    """The captions for the picture, in columns that fit it; None when none are drawn."""
    title: str


@part(version="3")
def clip(order: ClipOrder, ffmpeg: Ffmpeg, fonts: Fonts, ctx: Context) -> RenderedClip:
    """Render one passage.

    One run of ffmpeg makes the picture, the sound and the thumbnail's candidates; a run
    before it measures the loudness of the sound alone.
    """
    path, folder = ctx.fetch(order.recording.file), ctx.workdir / "clip"
    folder.mkdir()
    job = _plan(order)
    if job.drawn is not None:
        _typeset(job, fonts, folder)
    (folder / render.TEXT_FILE).write_text(text_track(job.cues), encoding="utf-8")
    mix = _mix(path, order, job.cut, ffmpeg, folder)

    def on_time(seconds: float) -> None:
        ctx.progress(min(1.0, seconds / job.cut.length))

    ffmpeg.run(_arguments(path, order, job, mix), folder, on_time)
    return _kept(job, folder, ctx)


def _plan(order: ClipOrder) -> _Job:
    video, transcript, params = order.recording.video, order.spoken, order.params
    passage, pauses = order.passage, order.pauses
    average = video.frame_rate if video else AUDIOGRAM_RATE
    size = Size(video.width, video.height) if video else _AUDIOGRAM
    rate = constant_rate(average, params.max_frame_rate)
    shape = canvas(size, params.aspect, params.max_short_side, captioned=order.is_captioned)
    style = CueStyle(columns=caption_columns(shape.size))
    played = cut(passage, pauses, rate, lead(order.recording.container))
    shots = () if params.aspect == "source" else order.shots
    scenes = takes(shots, played, size, shape.stage) if video else ()
    return _Job(
        cut=played,
        canvas=close(shape, [take.scene for take in scenes]),
        takes=scenes,
        cues=cues(transcript, None, passage, pauses),
        drawn=cues(transcript, style, passage, pauses) if order.is_captioned else None,
        title=order.title,
    )


def _typeset(job: _Job, fonts: Fonts, folder: Path) -> None:
    """Lay out what libass draws: the page and its font."""
    size, _, band = job.canvas
    fonts.lay_out(folder)
    text = page(job.drawn or (), size, band, title=job.title, length=job.cut.length)
    (folder / filters.CAPTIONS_FILE).write_text(text, encoding="utf-8")


def _mix(path: Path, order: ClipOrder, job_cut: Cut, ffmpeg: Ffmpeg, folder: Path) -> Mix:
    """The gain to the loudness asked for; where it drives the limiter hard, corrected once."""
    recording, params = order.recording, order.params
    mix = Mix(0.0, params.true_peak, min(params.fade, job_cut.length / 4))
    if recording.audio_track is None:
        return mix
    ffmpeg.run(render.measure(str(path), recording, job_cut), folder)
    heard = _loudness(folder)
    if heard.integrated <= render.SILENT:
        return mix
    mix = replace(mix, gain=min(_MOST_GAIN, params.loudness - heard.integrated))
    if heard.peak + mix.gain <= params.true_peak + _SOFT_LIMITING:
        return mix
    ffmpeg.run(render.measure(str(path), recording, job_cut, mix), folder)
    lost = params.loudness - _loudness(folder).integrated
    return replace(mix, gain=min(_MOST_GAIN, mix.gain + max(0.0, min(_MOST_LOST, lost))))


def _arguments(file: Path, order: ClipOrder, job: _Job, mix: Mix) -> tuple[str, ...]:
    path, recording, params = str(file), order.recording, order.params
    threads = max(1, min(_MOST_THREADS, int(processors())))
    encoding = Encoding(params.preset, params.crf, params.audio_bitrate, threads)
    size = job.canvas.size
    captioned, label = order.is_captioned, _label(order, job)
    if recording.video is None:
        wave = _wave(size)
        return render.audiogram(
            path, recording, job.cut, size, wave, mix, encoding, label, captioned=captioned
        )
    upright = Size(recording.video.width, recording.video.height)
    picture = filters.Picture(
        index=recording.video.index,
        source=upright,
        canvas=size,
        takes=job.takes,
        snapshots=snapshots(order.slide_ends, job.cut, mix.fade),
    )
    return render.clip(path, recording, job.cut, picture, mix, encoding, label, captioned=captioned)


def _label(order: ClipOrder, job: _Job) -> Label:
    """With captions to switch on where none are drawn: a player would show them twice."""
    language = iso_639_2(order.spoken.language)
    return Label(language, order.title, has_text=bool(job.cues) and not order.is_captioned)


def _kept(job: _Job, folder: Path, ctx: Context) -> RenderedClip:
    """Put the files of a rendered clip into the store."""
    (folder / "clip.srt").write_text(to_srt(job.cues), encoding="utf-8")
    (folder / "clip.vtt").write_text(to_vtt(job.cues), encoding="utf-8")
    thumbnail = choose(sorted(folder.glob("snapshot-*.jpg")))
    return RenderedClip(
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
