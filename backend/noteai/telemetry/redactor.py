"""Hides what must be read in no log: passwords, keys, tokens, signatures, and who somebody is.

A value is hidden for its name (`password=...`, also inside a text) or for its look (a bearer
token, an e-mail address). What is hidden too much costs a look elsewhere, what is hidden too
little is out for good: in doubt it is hidden.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from string import ascii_lowercase, ascii_uppercase
from typing import Any

HIDDEN = "***"
LONGEST, LONGEST_TRACEBACK = 8_000, 16_000
"""Characters of a text that are written; of a traceback they are the last."""
_READ = 64_000
"""Characters of a text that are looked at: what is cut off is cut off after secrets were hidden."""
_DEEPEST, _WIDEST = 4, 50
"""Levels of values in each other, and values beside each other, that are written."""
_CUT = "..."
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
"""Whole numbers that readers of JSON take."""

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
_NAME = re.compile(
    r"secret|passw|passphrase|pwd|tokens?$|api[_-]?key|access[_-]?key|private|credential"
    r"|authorization|cookie|signature|key-pair-id|jwt",
    re.IGNORECASE,
)
_QUOTE = r"""\\{0,7}["']"""
_IS = rf"(?:{_QUOTE})?\s{{0,3}}(?:=>|[=:]|%3D)\s{{0,3}}|{_QUOTE}\s?,\s{{0,3}}"
_VALUE = (  # behind any number of backslashes a quote is taken for a part of what it is in
    r"""b?(?:"(?:[^"\\\n]|\\+[^\\\n])*"|'(?:[^'\\\n]|\\+[^\\\n])*'|\\{1,7}"[^\n]*?\\"|[^\s&]+)"""
)
_NAMED = re.compile(
    rf"((?:authorization|cookie)(?:{_IS})){_VALUE}[^\r\n\"']*"
    rf"|((?:(?:secret|passw)[\w-]{{0,30}}|passphrase|pwd|token|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|credentials?|signature|key-pair-id|jwt|(?<=[?&-])policy)"
    rf"(?:{_IS})){_VALUE}",
    re.IGNORECASE,
)
_HEADS_OF_NAMES = (
    *("secret", "passw", "passphrase", "pwd", "token", "api", "access", "private", "credential"),
    *("authorization", "cookie", "signature", "key-pair-id", "jwt", "policy"),
)
_BEARER = re.compile(r"(bearer\s{1,3})\S+", re.IGNORECASE)
_BASIC = re.compile(r"((?i:basic)\s{1,3})(?=\S*[A-Z0-9+/=])[\w+/=.-]{4,}")
_KEY = re.compile(
    r"()(?:whsec_[\w+/=-]+|(?<!\w)(?:sk-[\w-]{16,}|AIza[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|eyJ[\w~-]{17,}(?:\.[\w-]*)*|gh[pousr]_\w{20,}|v1a?,[\w+/=-]{20,}))"
)
_PRIVATE = re.compile(r"()-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,9000}?(?:-----END|\Z)")
_IN_TEXT = {
    "bearer": _BEARER,
    "basic": _BASIC,
    "-----begin": _PRIVATE,
    **dict.fromkeys(("whsec_", "sk-", "aiza", "akia", "asia", "eyj", "gh", "v1"), _KEY),
}
"""How what is a secret by its look begins."""
_IN_PAIRS = dict.fromkeys(_HEADS_OF_NAMES, _NAMED) | _IN_TEXT
_SHORTEST = 12
"""Characters of a text that has a secret in it and neither a name nor a sign for it."""
_IN_URL = re.compile(
    r"(?<!http://)(?<!https://)(?<=://)[^\s\"'<>]{0,512}(?=@)|(?<=://)[^\s\"'<>/?#]{0,512}(?=@)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.!#$%+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def redacted(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the log as it may be written: JSON's own types, whole characters, no secrets."""
    return {_name(name): _valued(name, value, 0) for name, value in line.items()}


def text(value: object) -> str:
    """As text, at most `LONGEST` characters of it."""
    shown = clean(_said(value)[:_READ])
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}{_CUT}"


def traceback(whole: str) -> str:
    """The end of it, where the error stands."""
    return clean(whole[-_READ:])[-LONGEST_TRACEBACK:]


def clean(said: str) -> str:
    """Without secrets, and without what neither JSON nor a database takes for text."""
    if not said.isascii():
        said = said.encode("utf-8", "replace").decode()
    if "\0" in said:
        said = said.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return _hidden(said)


@lru_cache(1024)
def _name(name: str) -> str:
    return text(name)


@lru_cache(1024)
def is_secret(name: str) -> bool:
    """Whether what stands under this name is hidden whatever it looks like."""
    return _NAME.search(name) is not None


def _hidden(said: str) -> str:
    """The cheap questions come first: most texts have nothing of all this."""
    if "@" in said or "%40" in said:
        said = _MAIL.sub(HIDDEN, _IN_URL.sub(HIDDEN, said) if "://" in said else said)
    if "=" in said or ":" in said or "," in said or "%3" in said:
        return _without(said, _IN_PAIRS)
    return _without(said, _IN_TEXT) if len(said) >= _SHORTEST else said


def _without(said: str, patterns: Mapping[str, re.Pattern[str]]) -> str:
    """Patterns are slow and heads are found quickly: a pattern is tried where its head stands."""
    lowered = said.lower()
    if len(lowered) != len(said):  # a few capitals have two small letters
        lowered = said.translate(_SMALL)
    written, end = "", 0
    for start, pattern in sorted(_heads(lowered, patterns), key=itemgetter(0)):
        if start >= end and (found := pattern.match(said, start)):
            written += f"{said[end:start]}{found[1] or (found[2] if found.re is _NAMED else '')}"
            written += HIDDEN
            end = found.end()
    return written + said[end:]


def _heads(
    lowered: str, patterns: Mapping[str, re.Pattern[str]]
) -> Iterator[tuple[int, re.Pattern[str]]]:
    for head, pattern in patterns.items():
        at = lowered.find(head)
        while at >= 0:
            yield at, pattern
            at = lowered.find(head, at + 1)


def _valued(name: object, value: object, depth: int) -> Any:
    """A claim, true or false, gives nothing away."""
    if value is None or isinstance(value, bool):
        return value
    return HIDDEN if is_secret(_said(name)[:200]) else _plain(value, depth)


def _plain(value: object, depth: int) -> Any:
    """What JSON does not have is a text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, Mapping | list | tuple | set | frozenset):
        return text(value)
    if depth >= _DEEPEST:  # what is written as a text has its secrets in quotes within quotes
        return _CUT
    if isinstance(value, Mapping):
        some = islice(value.items(), _WIDEST)
        return {text(name): _valued(name, each, depth + 1) for name, each in some}
    return _listed(value, depth)


def _number(value: float) -> float | str:
    if isinstance(value, int):
        return int(value) if _SMALLEST <= value <= _LARGEST else f"{value:#x}"[:LONGEST]
    return float(value) if math.isfinite(value) else str(value)


def _listed(values: Iterable[object], depth: int) -> list[Any]:
    some = list(islice(values, _WIDEST))
    if len(some) == 2 and isinstance(some[0], str | bytes) and is_secret(str(some[0])[:200]):
        return [text(some[0]), HIDDEN]  # a header is a pair of name and value
    return [_plain(each, depth + 1) for each in some]


def _said(value: object) -> str:
    """Its own word for itself, if it has one."""
    try:
        return value if type(value) is str else str(value)
    except Exception:  # noqa: BLE001 - a line never fails who writes it
        return f"<{type(value).__name__}>"
