"""Finding phrases in what was said, with the words that say them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from noteai.lecture.transcript import Word
from noteai.lecture.writing import is_tight


class Said(NamedTuple):
    """A line of words as lower-case text, and where in it each word begins."""

    text: str
    starts: tuple[int, ...]
    words: Sequence[Word]

    def words_at(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that share a letter with text[start:end]."""
        ends = (begin + len(word.text) for begin, word in zip(self.starts, self.words, strict=True))
        return tuple(
            word
            for word, begin, stop in zip(self.words, self.starts, ends, strict=True)
            if begin < end and stop > start
        )

    def found(self, pattern: re.Pattern[str]) -> Iterator[tuple[Word, ...]]:
        """The words of each place where the pattern matches."""
        for match in pattern.finditer(self.text):
            if match.group():
                yield self.words_at(*match.span())


def said(words: Sequence[Word]) -> Said:
    line, starts = "", []
    for word in words:
        text = word.text.lower().replace("’", "'")
        text = text if len(text) == len(word.text) else word.text
        if line and not is_tight(line[-1:], text[:1]):
            line += " "
        starts.append(len(line))
        line += text
    return Said(line, tuple(starts), words)
