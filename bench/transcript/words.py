"""Two texts, word by word."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from noteai.lecture.transcript import Transcript


class Timed(NamedTuple):
    """A word, and seconds."""

    text: str
    start: float
    end: float = 0.0


def plain(text: str) -> list[str]:
    """Words without case and punctuation."""
    even = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"[^\w\s']", " ", even).split()


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Insertions, deletions and substitutions between two lists of words (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        diagonal, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            cheapest = min(row[place] + 1, row[place - 1] + 1, diagonal + (word != other))
            diagonal, row[place] = row[place], cheapest
    return row[-1]


def timed(found: Transcript) -> list[Timed]:
    """Words as the normaliser divides them: the parts of `ill-disposed` start together."""
    return [Timed(part, word.start, word.end) for word in found.words for part in plain(word.text)]


def matched(said: Sequence[Timed], heard: Sequence[Timed]) -> Iterator[tuple[int, int]]:
    """Places of words that are the same, or one for the other, in both."""
    found = difflib.SequenceMatcher(
        None, [each.text for each in said], [each.text for each in heard], autojunk=False
    )
    for kind, a, b, c, d in found.get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            yield from zip(range(a, b), range(c, d), strict=True)
