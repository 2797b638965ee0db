"""Names of files as clients give them: shown to people, and never used as a path.

What could deceive who reads them is refused and not mended: a client that sends it is either
broken or means harm. Letters of every script are welcome, those written from the right included;
only the invisible marks that turn the direction of a line are not.
"""

import unicodedata

from noteai.uploads.errors import BadName

LONGEST = 255
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = {"Cc": "a control character", "Cs": "half a character", "Zl": "a line separator"}
_UNSEEN["Zp"] = _UNSEEN["Zl"]


def check_name(name: str) -> str:
    """The name in Unicode's composed form (NFC).

    Raises:
        BadName: it is empty, too long, a path, or not all of it can be seen.
    """
    name = unicodedata.normalize("NFC", name)
    if not name.strip():
        raise BadName(reason="is empty")
    if len(name) > LONGEST:
        raise BadName(reason=f"has more than {LONGEST} characters")
    if "/" in name or "\\" in name or name.strip() in {".", ".."}:
        raise BadName(reason="names a folder")
    for each in name:
        if each in _TURNS:
            raise BadName(reason="has a character that turns the direction of writing")
        if unseen := _UNSEEN.get(unicodedata.category(each)):
            raise BadName(reason=f"has {unseen}")
    return name
