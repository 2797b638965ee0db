"""Words as a model of topics counts them, in any script."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noteai.lecture.writing import MARKS

STEM = 6
"""Letters that are kept: endings are cut without knowing the language. Of 4, 5, 6 and 8 letters
and of a suffix list the best for K-given segmentation of the AVLecture development set."""
_WORD = re.compile(rf"[^\W_]+(?:[{MARKS}]+[\u200c\u200d]?[^\W_]*)*")
_LETTER = re.compile(rf"[^\W_][{MARKS}]*")
TIGHT = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Letters of scripts that write no spaces, for a set in a regular expression."""
_TIGHT = re.compile(f"[{TIGHT}]")


def terms(text: str) -> list[str]:
    """Lower-case stems of its words; pairs of letters where a script writes no spaces."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if _TIGHT.search(word):
            letters = _LETTER.findall(word)
            pairs = range(max(1, len(letters) - 1))
            found.extend("".join(letters[at : at + 2]) for at in pairs)
        elif not word.isdigit():
            found.append(word[:STEM])
    return found


def is_letter_alone(term: str) -> bool:
    """Whether it is one letter, with or without marks: too little to tell a subject."""
    return sum(map(str.isalnum, term)) <= 1


def count(documents: Sequence[Sequence[str]]) -> NDArray[np.int32]:
    """How often each document (row) has each term (column, in order of first appearance)."""
    columns: dict[str, int] = {}
    for document in documents:
        for term in document:
            columns.setdefault(term, len(columns))
    counts = np.zeros((len(documents), len(columns)), np.int32)
    for row, document in enumerate(documents):
        for term in document:
            counts[row, columns[term]] += 1
    return counts
