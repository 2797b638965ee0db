"""How words are written next to each other, in scripts with and without spaces."""

import re
import unicodedata
from collections.abc import Iterable

_NO_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
)
"""Thai, Lao, Burmese, Khmer, kana, Han and the full-width forms."""
_STARTS_TIGHT = re.compile(f"^[{_NO_SPACES}]")
_ENDS_TIGHT = re.compile(f"[{_NO_SPACES}]$")
_CLOSERS = "\"'”’»›)]}」』）】"
_ENDS_SENTENCE = re.compile(rf"[.?!…。？！．｡।॥؟۔።]+[{re.escape(_CLOSERS)}]*$")


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
    return re.sub(r"^\W+|\W+$", "", text.casefold())


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
