"""The ETag of a clip is its revision."""

import re

_TAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def etag(revision: int) -> str:
    return f'"{revision}"'


def revisions(if_match: str | None) -> set[int] | None:
    """Those that `If-Match` names; None is any. What is no ETag of a clip names none.

    A proxy that packs answers makes their ETags weak: that does not matter here.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = (_TAG.match(each.strip()) for each in if_match.split(","))
    return {int(each[1]) for each in found if each}
