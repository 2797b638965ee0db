"""Does a passage stand by itself? How its first and last sentence read."""

import re
from functools import cache

from noteai.lecture.transcript import Sentence
from noteai.lecture.writing import QUESTION_MARKS, ends_sentence

# A sentence that opens so points at something said before it.
_DANGLING: dict[str, tuple[str, ...]] = {
    "en": (
        "this", "that", "these", "those", "it", "its", "it's", "they", "them", "their", "he", "she",
        "his", "her", "such", "both", "neither", "which", "who", "where", "because", "therefore",
        "thus", "hence", "however", "otherwise", "instead", "also", "similarly", "likewise",
        "then", "there", "here", "and", "but", "or", "nor", "yet", "again", "the same", "the other",
        "the latter", "the former", "as we", "as i", "as you", "like i", "like we", "we saw",
        "i said", "in this case", "in that case", "for this reason", "that's", "there's", "here's",
        "another one", "the second", "the third", "so that", "so this", "so it", "so they",
        "so these", "so those", "so here", "so there", "so therefore", "which means",
    ),
    "de": (
        "das", "dies", "dieser", "diese", "dieses", "es", "sie", "er", "deshalb", "daher", "aber",
        "und", "oder", "denn", "weil", "dann", "dort", "hier", "auch", "wie wir", "wie gesagt",
        "außerdem", "jedoch", "trotzdem",
    ),
    "fr": (
        "ce", "cela", "ceci", "ces", "cette", "c'est", "il", "elle", "ils", "elles", "mais", "et",
        "ou", "donc", "alors", "aussi", "comme nous", "comme je", "parce", "cependant", "ensuite",
    ),
    "es": (
        "esto", "eso", "este", "esta", "estos", "estas", "él", "ella", "ellos", "pero", "y", "o",
        "entonces", "porque", "también", "como vimos", "como dije", "por eso", "sin embargo",
    ),
    "pt": (
        "isto", "isso", "este", "esta", "esse", "essa", "ele", "ela", "eles", "mas", "e", "ou",
        "então", "porque", "também", "como vimos", "como disse", "por isso", "no entanto",
    ),
}  # fmt: skip
_RESOLVED = re.compile(
    r"(?i)^(this (is (a|an|the|our|lecture|course|class)|lecture|course|class|week|chapter|video)"
    r"|it (is|was) (a|the) \w+ (of|that)|there (is|are|was|were) (a|an|two|three|four|five|many"
    r"|several|some)|here is (a|an|the)|then (let|there (is|are) a))\b"
)
_UNFINISHED = re.compile(
    r"(?i)(:|,|;|—|-|\b(for example|such as|as follows|like this|let'?s (see|look)|and|but|or|the"
    r"|because|namely|consider)\W*)$"
)


def leans_on_what_came_before(sentence: Sentence, language: str) -> bool:
    """Whether it opens with a word that points back: "this", "as we saw", "because"."""
    text = sentence.text.strip().lower().replace("’", "'")
    if _RESOLVED.match(text):
        return False
    return bool(_dangling(language).match(text))


def promises_more(sentence: Sentence) -> bool:
    """Whether it ends by announcing what follows: "for example", a colon, a question."""
    text = sentence.text.strip()
    return bool(_UNFINISHED.search(text)) or text.endswith(tuple(QUESTION_MARKS))


def is_whole(sentence: Sentence) -> bool:
    """Whether it ends with a sentence's punctuation."""
    return ends_sentence(sentence.text.strip())


@cache
def _dangling(language: str) -> re.Pattern[str]:
    openers = _DANGLING.get(language, ())
    words = "|".join(re.escape(each) for each in sorted(openers, key=len, reverse=True))
    return re.compile(rf"({words})\b" if words else r"(?!)")
