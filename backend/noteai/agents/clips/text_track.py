"""The captions of a clip as they go into its MP4.

Said in SubRip, of which ffmpeg reads `<...>` and `{s:...}` as tags and a backslash as the begin of
a command: a word joiner, which has no width, keeps words from being any of them.
"""

from collections.abc import Sequence

from noteai.lecture.captions import Cue, to_srt

_WORD_JOINER = "\u2060"


def text_track(cues: Sequence[Cue]) -> str:
    """What ffmpeg reads; empty where nothing is said."""
    plain = (tuple(map(_plain, cue.lines)) for cue in cues)
    return to_srt(
        [cue.model_copy(update={"lines": lines}) for cue, lines in zip(cues, plain, strict=True)]
    )


def _plain(line: str) -> str:
    for sign in "\\<{":
        line = line.replace(sign, sign + _WORD_JOINER)
    return " ".join(line.split())
