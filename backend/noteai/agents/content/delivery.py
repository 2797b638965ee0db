"""How strikingly a sentence is said: slowly, and between pauses."""

from collections.abc import Sequence
from statistics import median

from noteai.lecture.content import Evidence
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence, Transcript
from noteai.timeline import overlap, span

NOTHING = (0.0, Evidence())


def delivery(transcript: Transcript, silence: SilenceMap | None) -> list[tuple[float, Evidence]]:
    """Each sentence's score, 0 to 1: half for slowness, half for the pauses around it.

    Captions alone do not tell it, their words have no times of their own: without a silence
    map all is zero. The words before and after which the pauses stand, or all words of a slow
    sentence, prove it.
    """
    if silence is None or not transcript.sentences:
        return [NOTHING] * len(transcript.sentences)
    usual = median(_rate(each, transcript) for each in transcript.sentences)
    return [_of(each, transcript, silence, usual) for each in transcript.sentences]


def _of(
    sentence: Sentence, transcript: Transcript, silence: SilenceMap, usual: float
) -> tuple[float, Evidence]:
    slow = min(1.0, max(0.0, 2 * (1 - _rate(sentence, transcript) / max(usual, 1e-9))))
    before = _pause_at(sentence.start, silence)
    after = _pause_at(sentence.end, silence)
    score = 0.5 * slow + 0.25 * min(before / 1.5, 1.0) + 0.25 * min(after / 1.5, 1.0)
    if score < 0.3:
        return NOTHING
    words: Sequence[str] = [word.id for word in transcript.words_of(sentence)]
    if slow < 0.5:
        words = [words[0]] * (before > 0) + [words[-1]] * (after > 0 and len(words) > 1)
    return round(score, 4), Evidence(words=tuple(words or (sentence.first_word,)))


def _rate(sentence: Sentence, transcript: Transcript) -> float:
    """Letters a second."""
    letters = sum(len(word.text) for word in transcript.words_of(sentence))
    return letters / max(sentence.duration, 0.2)


def _pause_at(instant: float, silence: SilenceMap) -> float:
    around = span(max(0.0, instant - 0.3), instant + 0.3)
    near = [each.duration for each in silence.near(around) if overlap(around, each) > 0]
    return max(near, default=0.0)
