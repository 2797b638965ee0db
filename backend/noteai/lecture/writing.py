"""How words are written next to each other, in scripts with and without spaces."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

_NO_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
)
"""Thai, Lao, Burmese, Khmer, kana, Han and the full-width forms."""
_STARTS_TIGHT = re.compile(f"^[{_NO_SPACES}]")
_ENDS_TIGHT = re.compile(f"[{_NO_SPACES}]$")
_CLOSERS = "\"'”’»›)]}」』）】"
_WITH_MARKS = chain(
    range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFB00, 0xFE00), range(0xFE20, 0xFE30),
    range(0x10000, 0x12000), range(0x16000, 0x17000), range(0x1E000, 0x1F000),
)  # fmt: skip
"""Where such marks are; U+FE0F and its like, which make pictures of letters, are left out."""


def _stretches(codes: Iterable[int]) -> Iterator[str]:
    """As a set in a regular expression has them."""
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        stretch = [chr(code) for _, code in run]
        yield f"{stretch[0]}-{stretch[-1]}"


MARKS = "".join(
    _stretches(code for code in _WITH_MARKS if unicodedata.category(chr(code)) in ("Mn", "Mc"))
)
"""Vowels, tones and accents that are written onto letters, for a set in a regular expression:
without them `\\w` breaks the words of Hindi, Tamil, Thai and many others."""
_MARK = re.compile(f"[{MARKS}]")
_AROUND = re.compile(rf"^\W+|(?:[^\w{MARKS}][{MARKS}]*)+$")
QUESTION_MARKS = "?？؟"
_ENDS_SENTENCE = re.compile(rf"[.!…。！．｡।॥۔።{QUESTION_MARKS}]+[{re.escape(_CLOSERS)}]*$")


def is_tight(left: str, right: str) -> bool:
    """Whether no space stands between two neighbouring words."""
    return bool(_ENDS_TIGHT.search(left) and _STARTS_TIGHT.search(right))


def join(texts: Iterable[str]) -> str:
    """Words as a line of text."""
    line = ""
    for text in texts:
        line += text if not line or is_tight(line[-1:], text[:1]) else f" {text}"
    return line


def width(text: str) -> int:
    """Columns that a line takes on the screen: wide characters take two, accents none."""
    return sum(_columns(char) for char in text)


def ends_sentence(text: str) -> bool:
    """Whether a word carries a mark that ends sentences."""
    return bool(_ENDS_SENTENCE.search(text))


def bare(text: str) -> str:
    """A word in lower case without the punctuation around it."""
    return _AROUND.sub("", text.casefold())


def is_letter(char: str) -> bool:
    """Whether it belongs into a word: a letter, a digit, or a mark on one."""
    return char.isalnum() or is_mark(char)


def is_mark(char: str) -> bool:
    """Whether it is written onto a letter: a vowel, a tone, an accent."""
    return bool(_MARK.match(char))


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
