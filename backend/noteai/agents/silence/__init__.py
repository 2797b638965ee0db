"""Where nobody speaks.

Two witnesses are heard: voice activity, judged against how sure the model is of speech in
this recording, and level, judged against the recording's own noise floor. Their evidence is
added step by step, the most likely course of speech and silence through it is found, and its
edges are moved to where the level says that the voice has died away.
"""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from noteai.agents.silence.edges import runs, until_quiet
from noteai.agents.silence.evidence import Mask, speech
from noteai.agents.silence.levels import RATE, Levels, Meter, decibels, powers
from noteai.agents.silence.params import SilenceParams
from noteai.engine.stage import Context, stage
from noteai.lecture.recording import NoAudioTrack, Recording
from noteai.lecture.silence import Silence, SilenceKind, SilenceMap
from noteai.media.ffmpeg import Ffmpeg, source
from noteai.resources.voice_activity import SAMPLE_RATE, Pcm, Track, VoiceActivity
from noteai.timeline import Span, span

__all__ = ["SilenceParams", "silence"]

_BLOCK = 40_960  # samples: 2.56 s
_ROUNDING = 1e-6


@stage(version="1", queue="media")
def silence(
    recording: Recording,
    params: SilenceParams,
    voice: VoiceActivity,
    ffmpeg: Ffmpeg,
    ctx: Context,
) -> SilenceMap:
    """Where nobody speaks, to 10 ms. Music, tones and noise are no speech.

    Raises:
        NoAudioTrack: the recording has no sound.
    """
    if recording.audio is None:
        raise NoAudioTrack
    duration = recording.duration
    levels, voices = _listen(ctx.fetch(recording.audio), voice, ffmpeg, ctx, duration)
    spoken = speech(levels, voices, voice.delay, params)
    quiet = silences(until_quiet(spoken, levels, params.edge_deviations), duration, params)
    found = (described(each, levels, duration, params.break_seconds) for each in quiet)
    return SilenceMap(duration=duration, spans=tuple(found))


def silences(spoken: Mask, duration: float, params: SilenceParams) -> list[Span]:
    """Silences that are long enough, between stretches of speech that are long enough.

    Pauses too short to count are filled first, so that they cut no speech into crumbs.
    """
    steps = math.ceil(duration * RATE - _ROUNDING)
    course = np.pad(spoken[:steps], (0, max(0, steps - len(spoken))))
    course = _without_short(course, is_speech=False, least=params.min_seconds)
    course = _without_short(course, is_speech=True, least=params.min_speech_seconds)
    return [span(start / RATE, min(end / RATE, duration)) for start, end in runs(~course)]


def _without_short(course: Mask, *, is_speech: bool, least: float) -> Mask:
    left = course.copy()
    for start, end in runs(course == is_speech):
        if end - start < least * RATE - _ROUNDING:
            left[start:end] = not is_speech
    return left


def described(quiet: Span, levels: Levels, duration: float, break_seconds: float) -> Silence:
    """A silence with its kind and mean level."""
    return Silence(
        start=quiet.start,
        end=quiet.end,
        kind=_kind(quiet, duration, break_seconds),
        level_db=_mean_level(levels[round(quiet.start * RATE) : round(quiet.end * RATE)]),
    )


def pcm_args(path: Path) -> tuple[str, ...]:
    """Decode the recording's own audio to 16-bit samples on standard output."""
    return ("-threads", "1", *source(str(path), "flac"), "-f", "s16le", "-")


def _kind(quiet: Span, duration: float, break_seconds: float) -> SilenceKind:
    if quiet.start == 0:
        return "head"
    if quiet.end == duration:
        return "tail"
    return "break" if quiet.duration >= break_seconds else "pause"


def _mean_level(levels: Levels) -> float:
    power = powers(levels).sum(axis=1).mean() if len(levels) else 0.0
    return round(float(decibels(power)), 1)


def _listen(
    path: Path, voice: VoiceActivity, ffmpeg: Ffmpeg, ctx: Context, duration: float
) -> tuple[Levels, Track]:
    """Levels and probabilities of the whole recording, which is decoded once."""
    meter = Meter()

    def overheard(blocks: Iterable[Pcm]) -> Iterator[Pcm]:
        for count, block in enumerate(blocks):
            ctx.progress(min(1.0, count * _BLOCK / SAMPLE_RATE / max(duration, 1.0)))
            meter.hear(block)
            yield block

    with ffmpeg.stream(pcm_args(path), ctx.workdir) as process:
        voices = list(voice.probabilities(overheard(_blocks(process.stdout))))
        process.finish()
    return meter.finish(), np.concatenate([np.zeros(0, np.float32), *voices])


def _blocks(pipe: IO[bytes]) -> Iterator[Pcm]:
    while raw := pipe.read(2 * _BLOCK):
        yield np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32768)
