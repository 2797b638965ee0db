"""Letters for what is drawn into pictures.

Noto Sans comes in a wheel and has Latin, Greek, Cyrillic and Devanagari. For any other
script libass asks fontconfig for a font of this machine; `Fonts.lacks` says beforehand
which letters would end as empty boxes.
"""

import re
import unicodedata
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from noteai.media import filters
from noteai.media.ffmpeg import Ffmpeg

FAMILY = "Noto Sans"
_WHEEL = "fontpkg-noto-sans"
_FILE = "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"
_COVERED = ("LATIN", "GREEK", "CYRILLIC", "DEVANAGARI")
_NOT_FOUND = re.compile(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)")


def lay_out(folder: Path) -> None:
    """Put the font beside what is rendered in `folder`, where the filters look for it."""
    fonts = folder / filters.FONTS_FOLDER
    fonts.mkdir(exist_ok=True)
    place = fonts / "NotoSans.ttf"
    found = _bundled()
    if found and not place.exists():
        place.symlink_to(found)


def is_bundled() -> bool:
    return _bundled() is not None


def beyond(text: Iterable[str]) -> str:
    """The letters that the bundled font may lack, each once."""
    if not is_bundled():
        return "".join(sorted({letter for each in text for letter in each if letter.isalpha()}))
    letters = {letter for each in text for letter in each if ord(letter) > 0x24F}
    return "".join(sorted(letter for letter in letters if _is_foreign(letter)))


def lacking(letters: str, page: str, ffmpeg: Ffmpeg, folder: Path) -> str:
    """Those of `letters` that no font here has, found by drawing `page`, a captions file.

    Overwrites the captions file of `folder`.
    """
    (folder / filters.CAPTIONS_FILE).write_text(page, encoding="utf-8")
    graph = f"color=s=320x180:d=0.1,{filters.captions()}"
    args = ("-v", "warning", "-f", "lavfi", "-i", graph, "-frames:v", "1", "-f", "null", "-")
    codes = _NOT_FOUND.findall(ffmpeg.run(args, folder).stderr)
    missing = {chr(int(code, 16)) for code in codes}
    return "".join(letter for letter in letters if letter in missing)


def _is_foreign(letter: str) -> bool:
    if not letter.isalpha():
        return False
    return not unicodedata.name(letter, "").startswith(_COVERED)


def _bundled() -> Path | None:
    try:
        found = Path(str(metadata.distribution(_WHEEL).locate_file(_FILE)))
    except metadata.PackageNotFoundError:
        return None
    return found if found.is_file() else None
