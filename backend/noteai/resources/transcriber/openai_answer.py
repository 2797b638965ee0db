"""What the transcription API answers, as words."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from pydantic import BaseModel, FiniteFloat

from noteai.resources.transcriber.port import HeardWord

_FAR = 60
"""Characters of the text that are searched for the next word."""
_CODES = {
    "afrikaans": "af", "arabic": "ar", "armenian": "hy", "azerbaijani": "az", "belarusian": "be",
    "bosnian": "bs", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr",
    "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "estonian": "et",
    "finnish": "fi", "french": "fr", "galician": "gl", "german": "de", "greek": "el",
    "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id",
    "italian": "it", "japanese": "ja", "kannada": "kn", "kazakh": "kk", "korean": "ko",
    "latvian": "lv", "lithuanian": "lt", "macedonian": "mk", "malay": "ms", "maori": "mi",
    "marathi": "mr", "nepali": "ne", "norwegian": "no", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk",
    "slovenian": "sl", "spanish": "es", "swahili": "sw", "swedish": "sv", "tagalog": "tl",
    "tamil": "ta", "thai": "th", "turkish": "tr", "ukrainian": "uk", "urdu": "ur",
    "vietnamese": "vi", "welsh": "cy",
}  # fmt: skip
"""The languages that the service documents, by the names that it answers with."""


class Word(BaseModel):
    word: str
    start: FiniteFloat
    end: FiniteFloat


class Segment(BaseModel):
    text: str
    start: FiniteFloat
    end: FiniteFloat
    avg_logprob: FiniteFloat = 0.0


class Answer(BaseModel):
    """`verbose_json`; servers that know no word times give segments only."""

    text: str
    language: str = ""
    words: list[Word] | None = None
    segments: list[Segment] | None = None


def iso_code(language: str) -> str | None:
    """`en` of `english`, as the service names languages, or of `en`, as other servers do."""
    name = language.strip().lower()
    return name if len(name) == 2 else _CODES.get(name)


def heard_words(answer: Answer, length: float) -> Iterator[HeardWord]:
    """Words with the punctuation of the text, which the service's words lack.

    A word's text goes from the end of the word before to the next space, as in whisper's
    tokens. Without word times, words share the time of their segment; without segments, all
    `length` seconds of the sound.
    """
    segments = answer.segments or []
    if not answer.words:
        for segment in segments or [Segment(text=answer.text, start=0.0, end=length)]:
            yield from _shared(segment)
        return
    texts = _texts(answer.text, [each.word.strip() for each in answer.words])
    for word, text in zip(answer.words, texts, strict=True):
        yield HeardWord(word.start, word.end, text, _probability(word.start, segments))


def _texts(text: str, words: Sequence[str]) -> Iterator[str]:
    at = 0
    for word in words:
        found = text.find(word, at, at + len(word) + _FAR)
        if found < 0:
            yield f" {word}"
            continue
        end = found + len(word)
        while end < len(text) and not (text[end].isalnum() or text[end].isspace()):
            end += 1
        yield text[at:end] if at else f" {text[at:end].lstrip()}"
        at = end


def _shared(segment: Segment) -> Iterator[HeardWord]:
    """The words of a segment, each with a part of its time that is as long as the word."""
    probability = math.exp(min(0.0, segment.avg_logprob))
    words = segment.text.split()
    letters = list(accumulate(map(len, words), initial=0))
    pace = (segment.end - segment.start) / max(1, letters[-1])
    times = (segment.start + pace * count for count in letters)
    for word, (start, end) in zip(words, pairwise(times), strict=True):
        yield HeardWord(start, end, f" {word}", probability)


def _probability(start: float, segments: Sequence[Segment]) -> float:
    """That of the segment: the service gives none for words."""
    if not segments:
        return 1.0
    number = bisect_right([each.start for each in segments], start) - 1
    return math.exp(min(0.0, segments[max(0, number)].avg_logprob))
