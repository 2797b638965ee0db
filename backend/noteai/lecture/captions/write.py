"""Caption files, as text.

Written here and not by pysubs2: that takes backslashes and braces of words (of formulas)
for its own markup, and does not escape what WebVTT gives a meaning.
"""

import html
import re
from collections.abc import Iterable, Sequence

from noteai.lecture.captions.cues import Cue

_WORD_JOINER = "\u2060"
_LOOKS_LIKE_MARKUP = re.compile(r"<(?=[/a-zA-Z])|\{(?=\\)")


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip. It has no escapes: what players would take for markup is kept apart."""
    blocks = (
        f"{number}\n{_timing(cue, ',')}\n{_plain(cue.lines)}\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def to_vtt(cues: Sequence[Cue]) -> str:
    """WebVTT, as the W3C describes it."""
    blocks = (f"{_timing(cue, '.')}\n{_escaped(cue.lines)}\n" for cue in cues)
    return "\n".join(("WEBVTT\n", *blocks))


def timestamp(instant: float, mark: str = ".") -> str:
    """`01:02:03.500`, with `mark` before the milliseconds."""
    whole, thousandths = divmod(round(instant * 1000), 1000)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"


def _timing(cue: Cue, mark: str) -> str:
    return f"{timestamp(cue.start, mark)} --> {timestamp(cue.end, mark)}"


def _plain(lines: Iterable[str]) -> str:
    text = "\n".join(lines).replace("-->", "→")
    return _LOOKS_LIKE_MARKUP.sub(lambda found: found.group() + _WORD_JOINER, text)


def _escaped(lines: Iterable[str]) -> str:
    return html.escape("\n".join(lines), quote=False)
