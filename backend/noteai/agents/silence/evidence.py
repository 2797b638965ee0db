"""Speech and silence, weighed every 10 ms from what two witnesses say."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from noteai.agents.silence.levels import RATE, Levels, together
from noteai.agents.silence.params import SilenceParams
from noteai.resources.voice_activity import FRAME, SAMPLE_RATE, Track

Mask = npt.NDArray[np.bool_]
"""For each 10 ms, whether somebody speaks."""

_VOICE_BANDS = slice(1, 4)
_CONTRAST = 40.0  # dB below the voice; a pause of digital silence is no noise floor
_HEARD = 0.3
_AROUND = 31  # frames of voice activity: 1 s
_THRESHOLDS = (0.12, 0.7)
_PART = 16_384  # steps that are worked on at a time, so that memory stays flat


def speech(levels: Levels, voices: Track, delay: float, params: SilenceParams) -> Mask:
    """The most likely course of speech and silence."""
    threshold = voice_threshold(voices)
    if threshold is None:
        return np.zeros(len(levels), np.bool_)
    starts = range(0, len(levels), _PART)
    parts = [together(levels[start : start + _PART, _VOICE_BANDS]) for start in starts]
    evidence = loudness(np.concatenate(parts), params.level_weight)
    for start in starts:
        part = evidence[start : start + _PART]
        part += log_odds(at_steps(voices, start, len(part), delay)) - log_odds(threshold)
    return likeliest(evidence + np.float32(params.caution), params.change_cost)


def voice_threshold(voices: Track) -> float | None:
    """The probability from which on somebody speaks, or None where nobody does.

    Noise makes the model less sure of speech, and a clean, close voice makes it sure of speech
    even in a short pause. So the threshold lies midway between how silence and how speech
    usually sound in this recording, long silences left out.
    """
    near = _reach(voices > _HEARD, _AROUND)
    if not near.any():
        return None
    silent, spoken = np.percentile(voices[near], (5, 50))
    return float(np.clip((silent + spoken) / 2, *_THRESHOLDS))


def loudness(level: Track, weight: float) -> Track:
    """What the level says for speech, in log-odds: its place between noise floor and voice."""
    floor, voice = np.percentile(level, (5, 90))
    middle = (max(floor, voice - _CONTRAST) + voice) / 2
    return np.asarray(np.clip(weight * (level - middle), -1, 1), np.float32)


def at_steps(voices: Track, first: int, steps: int, delay: float) -> Track:
    """Probabilities of frames of 32 ms, read every 10 ms at the sound that they speak of."""
    centres = (first + np.arange(steps) + 0.5) / RATE
    heard_at = (np.arange(len(voices)) + 0.5) * FRAME / SAMPLE_RATE - delay
    return np.interp(centres, heard_at, voices).astype(np.float32)


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
    positive = evidence > 0
    bounds = np.flatnonzero(np.diff(positive, prepend=not positive[0]))
    sums = np.add.reduceat(evidence, bounds, dtype=np.float64)
    states = _viterbi(sums.tolist(), change_cost)
    return np.repeat(states, np.diff(bounds, append=len(evidence)))


def _viterbi(gains: Sequence[float], change_cost: float) -> list[bool]:
    silent = spoken = 0.0
    before_silence, before_speech = bytearray(), bytearray()
    for gain in gains:
        stopped, started = spoken - change_cost, silent - change_cost
        before_silence.append(stopped > silent)
        before_speech.append(spoken >= started)
        silent, spoken = max(silent, stopped), max(spoken, started) + gain
    states = [spoken > silent]
    for at in range(len(gains) - 1, 0, -1):
        states.append(bool((before_speech if states[-1] else before_silence)[at]))
    return states[::-1]


def _reach(mask: Mask, frames: int) -> Mask:
    """The mask with everything within `frames` of it."""
    heard = np.concatenate([[0], np.cumsum(np.pad(mask, frames))])
    return np.asarray(heard[2 * frames + 1 :] > heard[: -2 * frames - 1])[: len(mask)]
