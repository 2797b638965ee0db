"""Captions and title as they are drawn: a file in Advanced SubStation Alpha.

Times, sizes and places are ours; words are escaped, so that none of them is read as a
command (a brace, or a backslash before a letter). Encoding -1 has libass take the direction of
a line from its letters; with any other it runs from left to right, in Hebrew, too.
"""

from collections.abc import Sequence

from noteai.agents.clips.composition import Size, caption_size
from noteai.lecture.captions import Cue
from noteai.lecture.layout import Box
from noteai.media.fonts import FAMILY

_WORD_JOINER = "\u2060"
_HEADER = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {size.w}
PlayResY: {size.h}
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, \
Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Caption,{family},{text},&H00FFFFFF,&H00101010,&H80000000,0,1,{outline},0,2,{side},\
{side},{under},-1
Style: Title,{family},{large},&H00FFFFFF,&H00101010,&H80000000,-1,1,0,0,8,{side},\
{side},{over},-1

[Events]
Format: Layer, Start, End, Style, Text
"""


def page(
    cues: Sequence[Cue], size: Size, band: Box, *, title: str = "", length: float = 0.0
) -> str:
    """Cues in the middle of the band, and the title above for the whole length."""
    text = caption_size(size)
    header = _HEADER.format(
        size=size,
        family=FAMILY,
        text=text,
        large=round(1.3 * text),
        outline=max(1, round(text / 16)),
        side=round(0.03 * size.w),
        under=size.h - band.y - band.h + round(0.12 * text),
        over=round(0.12 * size.h),
    )
    head = _event("Title", 0.0, length, (title,)) if title else ""
    return header + head + "".join(_event("Caption", c.start, c.end, c.lines) for c in cues)


def escaped(text: str) -> str:
    """Words that libass draws as they are."""
    plain = " ".join(text.split()).replace("\\", "\\" + _WORD_JOINER)
    return plain.replace("{", "\\{").replace("}", "\\}")


def _event(style: str, start: float, end: float, lines: Sequence[str]) -> str:
    words = "\\N".join(escaped(line) for line in lines)
    return f"Dialogue: 0,{_clock(start)},{_clock(end)},{style},{words}\n"


def _clock(seconds: float) -> str:
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
