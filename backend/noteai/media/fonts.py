"""Letters for what is drawn into pictures.

Noto Sans comes in a wheel and has Latin, Greek, Cyrillic and Devanagari. For any other
script libass asks fontconfig for a font of this machine; `Fonts.lacking` says beforehand
which letters would end as empty boxes.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from noteai.media import filters
from noteai.media.ffmpeg import Ffmpeg

FAMILY = "Noto Sans"
_WHEEL = "fontpkg-noto-sans"
_FILE = "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"
_COVERED = ("LATIN", "GREEK", "CYRILLIC", "DEVANAGARI")
_NOT_FOUND = re.compile(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)")
_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts",
)  # fmt: skip
"""Where fonts lie unless fontconfig is told otherwise, and on a Mac."""
_FOLDER = re.compile(r"<dir>([^<]+)</dir>")
_SUFFIXES = frozenset([".ttf", ".ttc", ".otf", ".otc", ".pfa", ".pfb", ".woff", ".woff2", ".gz"])


@dataclass(frozen=True)
class Fonts:
    """A resource: the font of the wheel, and those of this machine."""

    @property
    def identity(self) -> str:
        """The wheel's version, and a digest of this machine's fonts and fontconfig's rules.

        Looked up each time: a font that is installed now is drawn with at once.
        """
        found = hashlib.sha256()
        rules = [each for path in _rules() if (each := _read(path))]
        for each in (*rules, *sorted(filter(None, _machine(rules)))):
            found.update(each + b"\0")
        return f"{FAMILY} {_version() if self.is_bundled else 'none'} {found.hexdigest()[:16]}"

    @property
    def is_bundled(self) -> bool:
        return _bundled() is not None

    def lay_out(self, folder: Path) -> None:
        """Put the font beside what is rendered in `folder`, where the filters look for it."""
        fonts = folder / filters.FONTS_FOLDER
        fonts.mkdir(exist_ok=True)
        place = fonts / "NotoSans.ttf"
        found = _bundled()
        if found and not place.exists():
            place.symlink_to(found)

    def beyond(self, text: Iterable[str]) -> str:
        """The letters that the bundled font may lack, each once."""
        if not self.is_bundled:
            return "".join(sorted({letter for each in text for letter in each if letter.isalpha()}))
        letters = {letter for each in text for letter in each if ord(letter) > 0x24F}
        return "".join(sorted(letter for letter in letters if _is_foreign(letter)))

    def lacking(self, letters: str, page: str, ffmpeg: Ffmpeg, folder: Path) -> str:
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


def _version() -> str:
    return metadata.version(_WHEEL)


def _rules() -> Iterator[Path]:
    """Fontconfig's files, which say where fonts lie and which are preferred."""
    folder = os.environ.get("FONTCONFIG_PATH", "/etc/fonts")
    first = Path(os.environ.get("FONTCONFIG_FILE", f"{folder}/fonts.conf"))
    own = _home("XDG_CONFIG_HOME", ".config") / "fontconfig/fonts.conf"
    for each in (first, own):
        yield from (each, *sorted(each.parent.glob("conf.d/*.conf")))


def _machine(rules: Iterable[bytes]) -> Iterator[bytes]:
    """Name and size of each font that this machine has; nothing of other files."""
    named = (name for each in rules for name in _FOLDER.findall(each.decode(errors="replace")))
    own = _home("XDG_DATA_HOME", ".local/share") / "fonts"
    for folder in {*map(os.path.expanduser, (*_FOLDERS, *named)), str(own)}:
        for place, _, names in os.walk(folder):
            yield from (_told(Path(place, each)) for each in names)


def _read(file: Path) -> bytes:
    """Nothing of what is not there, or closed to us."""
    with suppress(OSError):
        return file.read_bytes()
    return b""


def _told(file: Path) -> bytes:
    with suppress(OSError):
        if file.suffix.lower() in _SUFFIXES and file.is_file():
            return os.fsencode(f"{file.name} {file.stat().st_size}")
    return b""


def _home(variable: str, otherwise: str) -> Path:
    """A folder of the XDG base directory specification."""
    return Path(os.environ.get(variable) or Path("~", otherwise).expanduser())
