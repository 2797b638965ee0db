"""What the transcription API answers, as words."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

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
    start: float
    end: float


class Segment(BaseModel):
    text: str
    start: float
    end: float
    avg_logprob: float = 0.0


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


def heard_words(answer: Answer) -> Iterator[HeardWord]:
    """Words with the punctuation of the text, which the service's words lack.

    A word's text goes from the end of the word before to the next space, as in whisper's
    tokens. Without word times, words have none (NaN) but the first of each segment.
    """
    segments = answer.segments or []
    if not answer.words:
        for segment in segments or [Segment(text=answer.text, start=0.0, end=0.0)]:
            yield from _untimed(segment)
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


def _untimed(segment: Segment) -> Iterator[HeardWord]:
    probability = math.exp(min(0.0, segment.avg_logprob))
    for number, word in enumerate(segment.text.split()):
        start = segment.start if number == 0 else math.nan
        yield HeardWord(start, math.nan, f" {word}", probability)


def _probability(start: float, segments: Sequence[Segment]) -> float:
    """That of the segment: the service gives none for words."""
    if not segments:
        return 1.0
    number = bisect_right([each.start for each in segments], start) - 1
    return math.exp(min(0.0, segments[max(0, number)].avg_logprob))
