"""Where nobody speaks.

Two witnesses are heard: voice activity, judged against how sure the model is of speech in
this recording, and level, judged against the recording's own noise floor. Their evidence is
added frame by frame, and the most likely course of speech and silence through it is found.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from pydantic import Field

from noteai.engine.artifact import Params
from noteai.engine.stage import Context, stage
from noteai.lecture.recording import NoAudioTrack, Recording
from noteai.lecture.silence import Silence, SilenceKind, SilenceMap
from noteai.media.ffmpeg import Ffmpeg, source
from noteai.resources.voice_activity import FRAME, SAMPLE_RATE, Pcm, Track, VoiceActivity
from noteai.timeline import Span, clamp, complement, span

STEP = 160
"""Samples of a frame of level and evidence: 10 ms."""
QUIETEST = -100.0
"""dB of full scale; digital silence counts as this."""
_RATE = SAMPLE_RATE // STEP
_BLOCK = 40_960  # samples, 2.56 s: whole frames of both kinds
_HEARD = 0.3
_AROUND = 31  # frames of voice activity: 1 s
_CONTRAST = 40.0  # dB; a pause of digital silence is no noise floor
_EXCESS = 6.0  # dB
_REACH = 16  # frames of 10 ms
_ROUNDING = 1e-9

Mask = npt.NDArray[np.bool_]


class SilenceParams(Params):
    """The numbers were tuned on the hand labels of TEN-VAD, leaving one clip out in turn."""

    min_seconds: float = Field(0.1, ge=0.02, le=60, description="Shortest silence that is kept.")
    min_speech_seconds: float = Field(
        0.1, ge=0, le=60, description="Shorter speech counts as part of the silence around it."
    )
    break_seconds: float = Field(
        10.0, ge=1, le=3600, description="From this length on, a pause is a break."
    )
    caution: float = Field(
        0.0, ge=-5, le=5, description="Above 0, silence must be surer; below 0, speech."
    )
    level_weight: float = Field(
        0.05, ge=0, le=1, description="What one dB says, beside the log-odds of voice activity."
    )
    change_cost: float = Field(
        6.0, ge=0, le=100, description="Evidence that a change to speech or silence must bring."
    )
    edge_db: float = Field(
        4.0, ge=0, le=40, description="Speech lasts while the level is so far above the silence."
    )


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
    levels, voices = _listen(ctx.fetch(recording.audio), voice, ffmpeg, ctx, recording.duration)
    spoken = is_speech(levels, voices, voice.delay, params)
    quiet = silences(spoken, recording.duration, params)
    return SilenceMap(
        duration=recording.duration,
        spans=tuple(described(each, levels, recording.duration, params) for each in quiet),
    )


def pcm_args(path: Path) -> tuple[str, ...]:
    """Decode the recording's own audio to 16-bit samples on standard output."""
    return ("-threads", "1", *source(str(path), "flac"), "-f", "s16le", "-")


def levels_of(block: Pcm) -> Track:
    """The level of each 10 ms in dB of full scale: 0 is a mean square of 1."""
    whole = -(-len(block) // STEP) * STEP
    frames = np.pad(block, (0, whole - len(block))).reshape(-1, STEP)
    power = np.einsum("ij,ij->i", frames, frames) / STEP
    return np.asarray(np.maximum(10 * np.log10(power + 1e-12), QUIETEST), np.float32)


def is_speech(levels: Track, voices: Track, delay: float, params: SilenceParams) -> Mask:
    """For each 10 ms, whether somebody speaks."""
    threshold = voice_threshold(voices)
    if threshold is None:
        return np.zeros(len(levels), np.bool_)
    said = log_odds(at_steps(voices, len(levels), delay)) - log_odds(threshold)
    evidence = said + loudness(levels, params.level_weight) - params.caution
    return until_quiet(likeliest(evidence, params.change_cost), levels, params.edge_db)


def loudness(levels: Track, weight: float) -> Track:
    """What the level says for speech, in log-odds: its place between noise floor and voice."""
    floor, voice = np.percentile(levels, (5, 90))
    middle = (max(floor, voice - _CONTRAST) + voice) / 2
    return np.asarray(np.clip(weight * (levels - middle), -1, 1), np.float32)


def voice_threshold(voices: Track) -> float | None:
    """The probability from which on somebody speaks, or None where nobody does.

    Noise makes the model less sure of speech, and a hard consonant's echo surer of silence: the
    threshold lies midway between how silence and how speech usually sound in this recording.
    """
    near = _reach(voices > _HEARD, _AROUND)
    if not near.any():
        return None
    silent, spoken = np.percentile(voices[near], (5, 50))
    return float(np.clip((silent + spoken) / 2, 0.12, 0.7))


def at_steps(voices: Track, steps: int, delay: float) -> Track:
    """Probabilities of frames of 32 ms, read every 10 ms at the sound that they speak of."""
    heard_at = (np.arange(len(voices)) + 0.5) * FRAME / SAMPLE_RATE - delay
    return np.interp((np.arange(steps) + 0.5) / _RATE, heard_at, voices).astype(np.float32)


def log_odds(probability: npt.ArrayLike) -> Track:
    sure = np.clip(np.asarray(probability, np.float32), 0.005, 0.995)
    return np.asarray(np.log(sure / (1 - sure)), np.float32)


def likeliest(evidence: Track, change_cost: float) -> Mask:
    """The course of speech (True) and silence that gathers most evidence.

    Positive evidence speaks for speech; each change costs `change_cost`. This is Viterbi's
    algorithm for two states, over runs of one sign because no change within a run pays.
    """
    if not len(evidence):
        return np.zeros(0, np.bool_)
    bounds = np.flatnonzero(np.diff(evidence > 0, prepend=not evidence[0] > 0))
    sums = np.add.reduceat(evidence, bounds)
    states = _viterbi(sums.tolist(), change_cost)
    return np.repeat(states, np.diff(bounds, append=len(evidence)))


def _viterbi(gains: Sequence[float], change_cost: float) -> list[bool]:
    silent = spoken = 0.0
    came_from: list[tuple[bool, bool]] = []
    for gain in gains:
        came_from.append((spoken - change_cost > silent, spoken >= silent - change_cost))
        silent, spoken = (
            max(silent, spoken - change_cost),
            max(spoken, silent - change_cost) + gain,
        )
    states = [spoken > silent]
    for before in reversed(came_from[1:]):
        states.append(before[states[-1]])
    return states[::-1]


def until_quiet(spoken: Mask, levels: Track, margin: float) -> Mask:
    """Speech drawn out to where the level falls to that of the silence beside it.

    The edge moves to the change point of the level: the place where most excess over the
    silence's median and `margin` dB has been gathered.
    """
    drawn = spoken.copy()
    for start, end in _runs(~spoken):
        excess = levels[start:end] - np.median(levels[start:end]) - margin
        excess = np.clip(excess, -_EXCESS, _EXCESS)
        if start > 0:
            drawn[start : start + _gathered(excess)] = True
        if end < len(spoken):
            drawn[end - _gathered(excess[::-1]) : end] = True
    return drawn


def _gathered(excess: Track) -> int:
    """Length of the beginning in which most excess lies; never the whole silence."""
    reach = min(_REACH, len(excess) - 1)
    return int(np.argmax(np.cumsum(np.concatenate([[0.0], excess[:reach]]))))


def silences(spoken: Mask, duration: float, params: SilenceParams) -> list[Span]:
    """Silences that are long enough, between stretches of speech that are long enough.

    Pauses too short to count are filled first, so that they cut no speech into crumbs.
    """
    whole = span(0.0, duration)
    talks = clamp(map(_seconds, _runs(spoken)), whole)
    pauses = _lasting(complement(talks, duration), params.min_seconds)
    talks = _lasting(complement(pauses, duration), params.min_speech_seconds)
    return complement(talks, duration)


def _lasting(spans: Iterable[Span], least: float) -> list[Span]:
    return [each for each in spans if each.duration >= least - _ROUNDING]


def described(quiet: Span, levels: Track, duration: float, params: SilenceParams) -> Silence:
    """A silence with its kind and mean level."""
    frames = levels[round(quiet.start * _RATE) : round(quiet.end * _RATE)]
    power = np.mean(10 ** (frames / 10)) if len(frames) else 0.0
    return Silence(
        start=quiet.start,
        end=quiet.end,
        kind=_kind(quiet, duration, params.break_seconds),
        level_db=round(float(max(10 * np.log10(power + 1e-12), QUIETEST)), 1),
    )


def _kind(quiet: Span, duration: float, break_seconds: float) -> SilenceKind:
    if quiet.start == 0:
        return "head"
    if quiet.end == duration:
        return "tail"
    return "break" if quiet.duration >= break_seconds else "pause"


def _runs(mask: Mask) -> list[tuple[int, int]]:
    """Where the mask is true: pairs of first frame and frame behind the last."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _seconds(run: tuple[int, int]) -> Span:
    return span(run[0] / _RATE, run[1] / _RATE)


def _reach(mask: Mask, frames: int) -> Mask:
    """The mask with everything within `frames` of it."""
    near = np.convolve(mask, np.ones(2 * frames + 1), "full")[frames : frames + len(mask)]
    return near > 0.5


def _listen(
    path: Path, voice: VoiceActivity, ffmpeg: Ffmpeg, ctx: Context, duration: float
) -> tuple[Track, Track]:
    """Levels and probabilities of the whole recording, which is decoded once."""
    levels: list[Track] = [np.zeros(0, np.float32)]
    voices: list[Track] = [np.zeros(0, np.float32)]

    def overheard(pipe: IO[bytes]) -> Iterator[Pcm]:
        for block in _blocks(pipe):
            levels.append(levels_of(block))
            yield block
            ctx.progress(min(1.0, len(levels) * _BLOCK / SAMPLE_RATE / max(duration, 0.01)))

    with ffmpeg.stream(pcm_args(path), ctx.workdir) as process:
        voices.extend(voice.probabilities(overheard(process.stdout)))
        process.finish()
    return np.concatenate(levels), np.concatenate(voices)


def _blocks(pipe: IO[bytes]) -> Iterator[Pcm]:
    while raw := pipe.read(2 * _BLOCK):
        yield np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32768)
