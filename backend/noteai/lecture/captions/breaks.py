"""Where a sentence may be broken into cues, and a cue into lines.

Both are choices of the cheapest breaks: after a comma or before a conjunction is good,
after an article or a preposition is bad, parts should be of like length, and what is
said fast should share a cue with the time to read it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf

from noteai.lecture.captions.style import CueStyle
from noteai.lecture.transcript import Word
from noteai.lecture.writing import bare, ends_sentence, is_tight, join, width

_ARTICLE_WORDS = (
    "a an the this these those my your his her its our their some any every each no der die das "
    "den dem des ein eine einen einem einer eines diese dieser dieses kein keine la le les un une "
    "des du ce cette ces el los las una unos del este esta estos estas o os um uma do da dos das "
    "il lo gli i della dei"
)
_ARTICLES = frozenset(_ARTICLE_WORDS.split())
"""Words that begin a phrase, whose next word is often an adjective of the one after that."""
_STICKY_WORDS = (
    "of to in on at for with from by into about than through between without as and or but if "
    "that is are was were be not very i we he she they i'm i'll i've it's that's there there's "
    "we're we'll we've you you're you'll they're over under after before during such how will "
    "would can could should must have has had don't doesn't didn't can't won't isn't aren't und "
    "oder von zu im am mit auf für aus bei nach durch über ohne zur zum vom nicht sehr ich wir "
    "de et ou à au aux en dans pour par sur avec sans ne je nous y al con por para sin se e em "
    "na com ao di nel per non"
)
_STICKY = _ARTICLES | frozenset(_STICKY_WORDS.split())
"""Words that belong to the next one: a line should not end with them."""
_OPENERS_WORDS = (
    "and but so because which where while when then or if although though who that und aber denn "
    "weil dass et mais donc car qui que y pero porque e mas ma perché"
)
_OPENERS = frozenset(_OPENERS_WORDS.split())
_HURRY = 1.0
"""What a second costs that a reader lacks for a cue."""
_COMMA = re.compile(r"(?:[,;:，、；：—–]|--)[\"'”’)\]]*$")


def best_cuts(words: Sequence[Word], style: CueStyle, limit: float = inf) -> list[int]:
    """Numbers of the words before which a sentence is cut into cues.

    `limit` is when the last of them goes, in seconds on the clock of the words.
    Dynamic programming over the words: the sum over all cues is the least there is.
    """
    sentence = _Measured.of(words, style, limit)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        options = [(best[end - 1][0] + sentence.cost(end - 1, end), end - 1)]
        for start in range(end - 2, -1, -1):
            if not sentence.may_fit(start, end):
                break
            options.append((best[start][0] + sentence.cost(start, end), start))
        best.append(min(options))
    cuts: list[int] = []
    at = best[-1][1]
    while at > 0:
        cuts.append(at)
        at = best[at][1]
    return cuts[::-1]


def lines_of(words: Sequence[Word], style: CueStyle) -> tuple[str, ...] | None:
    """The words in as few lines as they need, balanced; None when they do not fit."""
    whole = join(word.text for word in words)
    if width(whole) <= style.columns:
        return (whole,)
    if style.lines < 2:
        return None
    splits = [
        (join(word.text for word in words[:cut]), join(word.text for word in words[cut:]), cut)
        for cut in range(1, len(words))
    ]
    fitting = [each for each in splits if max(map(width, each[:2])) <= style.columns]
    if not fitting:
        return None
    upper, lower, _ = min(fitting, key=lambda each: _line_cost(words, each[2], *each[:2]))
    return (upper, lower)


def _line_cost(words: Sequence[Word], cut: int, upper: str, lower: str) -> float:
    return abs(width(upper) - width(lower)) + 12 * _break(words, cut)


def _break(words: Sequence[Word], cut: int) -> float:
    """How bad it is to break before word `cut`: -1 (a sentence's end) to 1.2."""
    left, right = words[cut - 1].text, words[cut].text
    if ends_sentence(left):
        return -1.0
    if _COMMA.search(left):
        return -0.7
    if bare(left) in _STICKY:
        return 1.2 if bare(left) in _ARTICLES else 1.0
    if bare(right) in _OPENERS:
        return -0.3
    if bare(right) in _STICKY:
        return 0.0
    return 0.6 if cut > 1 and bare(words[cut - 2].text) in _ARTICLES else 0.3


@dataclass(frozen=True)
class _Measured:
    """The words of a sentence, with all that the search asks for again and again."""

    style: CueStyle
    starts: Sequence[float]
    """Of the words, and then when the last cue goes."""
    ends: Sequence[float]
    columns: Sequence[int]
    """Entry n: the width of the first n words, each with the space after it."""
    pauses: Sequence[float]
    """Entry n: seconds of the pauses, of those worth a cut, before word n."""
    breaks: Sequence[float]
    """Entry n: how bad a break before word n is."""

    @classmethod
    def of(cls, words: Sequence[Word], style: CueStyle, limit: float) -> "_Measured":
        gaps = [right.start - left.end for left, right in pairwise(words)]
        return cls(
            style=style,
            starts=[*(word.start for word in words), limit],
            ends=[word.end for word in words],
            columns=_columns(words),
            pauses=list(
                accumulate((gap if gap > style.max_gap else 0.0 for gap in gaps), initial=0)
            ),
            breaks=[0.0, *(_break(words, cut) for cut in range(1, len(words)))],
        )

    def cost(self, start: int, end: int) -> float:
        """How bad the words [start, end) are as a cue."""
        style, size = self.style, self.columns[end] - self.columns[start]
        shown = self.ends[end - 1] - self.starts[start]
        cost = 1.0 + 2.0 * (self.pauses[end - 1] - self.pauses[start])
        cost += max(0.0, style.min_seconds - shown) + max(0.0, shown - style.max_seconds)
        cost += 0.5 * max(0.0, size / style.columns / style.lines - 0.85)
        reading = (size - 1) / style.characters_per_second
        cost += _HURRY * max(0.0, reading - (self.starts[end] - self.starts[start]))
        if end < len(self.ends):
            cost += self.breaks[end] + max(0.0, 1 - size / style.columns)
        elif start > 0:
            cost += 2 * max(0.0, 0.5 - size / style.columns)
        return cost

    def may_fit(self, start: int, end: int) -> bool:
        """Whether lines filled one after another hold the words, and not for far too long."""
        if self.ends[end - 1] - self.starts[start] > 2 * self.style.max_seconds:
            return False
        at = start
        for _ in range(self.style.lines):
            if at < end:
                at = self._line(at)
        return at >= end

    def _line(self, start: int) -> int:
        """The first word that has no more room in the line that begins with word `start`."""
        room = self.columns[start] + self.style.columns + 1
        return bisect_right(self.columns, room) - 1


def _columns(words: Sequence[Word]) -> list[int]:
    sizes = [width(word.text) + 1 for word in words]
    for number in range(1, len(words)):
        sizes[number - 1] -= is_tight(words[number - 1].text, words[number].text)
    return list(accumulate(sizes, initial=0))
