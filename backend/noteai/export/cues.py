"""The cues of a WebVTT file of ours, for a page that may not load it itself."""

import html
import re
from typing import NamedTuple

_TIMING = re.compile(r"^(\d+):(\d\d):(\d\d\.\d{3}) --> (\d+):(\d\d):(\d\d\.\d{3})")


class ShownCue(NamedTuple):
    start: float
    end: float
    text: str


def read_vtt(text: str) -> list[ShownCue]:
    """Every block with a timing line; other blocks are notes, styles or the header."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = block.strip("\n").split("\n")
        timings = ((at, _TIMING.match(line)) for at, line in enumerate(lines[:2]))
        for at, timing in timings:
            if timing:
                said = html.unescape("\n".join(lines[at + 1 :]))
                found.append(
                    ShownCue(
                        _seconds(*timing.group(1, 2, 3)), _seconds(*timing.group(4, 5, 6)), said
                    )
                )
    return found


def _seconds(hours: str, minutes: str, seconds: str) -> float:
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 3)
