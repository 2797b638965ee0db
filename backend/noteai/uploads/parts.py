"""How a file is cut into parts, and whether those that arrived make the file. All pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from noteai.adapters.s3_incoming import Part
from noteai.uploads.errors import (
    PartMismatch,
    PartSizeWrong,
    PartsMissing,
    PartsOutOfOrder,
    PartUnknown,
    TooManyParts,
)

MOST = 10_000
"""Parts of one upload, by S3."""
_USUAL = 8 << 20
"""Bytes: small enough that a poor line loses little of it, large enough for few requests."""
_UNIT = 1 << 20
_SHOWN = 20


@dataclass(frozen=True)
class Slice:
    """Where a part lies in the file."""

    number: int
    offset: int
    size: int


@dataclass(frozen=True)
class Claim:
    """A part that a client says it sent."""

    number: int
    etag: str | None = None


@dataclass(frozen=True)
class Cut:
    """A file of `size` bytes in parts of `part_size`, the last of which may be smaller."""

    size: int
    part_size: int

    @classmethod
    def of(cls, size: int) -> "Cut":
        least = ceil(size / MOST)
        return cls(size, max(_USUAL, ceil(least / _UNIT) * _UNIT))

    @property
    def count(self) -> int:
        return ceil(self.size / self.part_size)

    def slice(self, number: int) -> Slice:
        offset = (number - 1) * self.part_size
        return Slice(number, offset, min(self.part_size, self.size - offset))

    def fits(self, part: Part) -> bool:
        return 1 <= part.number <= self.count and part.size == self.slice(part.number).size

    def missing(self, parts: Iterable[Part]) -> tuple[Slice, ...]:
        """What is still to be sent: parts of a wrong size are, too."""
        there = {part.number for part in parts if self.fits(part)}
        return tuple(self.slice(n) for n in range(1, self.count + 1) if n not in there)


def check(cut: Cut, parts: Sequence[Part], claims: Sequence[Claim]) -> None:
    """Whether the parts in the store make the file; the store is believed, the client heard.

    Raises:
        PartsMissing, PartSizeWrong: more has to be sent.
        PartMismatch: the store has another part than the client sent.
        PartsOutOfOrder, PartUnknown, TooManyParts: the client's list makes no sense.
    """
    _check_claims(cut, claims)
    _check_sizes(cut, parts)
    missing = cut.missing(parts)
    if missing:
        raise PartsMissing(numbers=_named([each.number for each in missing]))
    etags = {part.number: part.etag for part in parts}
    for claim in claims:
        if claim.etag is not None and claim.etag.strip('"').lower() != etags[claim.number].lower():
            raise PartMismatch(number=claim.number)


def _check_claims(cut: Cut, claims: Sequence[Claim]) -> None:
    numbers = [claim.number for claim in claims]
    if len(numbers) > MOST:
        raise TooManyParts
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise PartsOutOfOrder
    unknown = next((number for number in numbers if not 1 <= number <= cut.count), None)
    if unknown is not None:
        raise PartUnknown(number=unknown, count=cut.count)
    left_out = set(range(1, cut.count + 1)) - set(numbers)
    if numbers and left_out:
        raise PartsMissing(numbers=_named(sorted(left_out)))


def _check_sizes(cut: Cut, parts: Sequence[Part]) -> None:
    for part in parts:
        if part.number > cut.count:
            raise PartUnknown(number=part.number, count=cut.count)
        if not cut.fits(part):
            expected = cut.slice(part.number).size
            raise PartSizeWrong(number=part.number, size=part.size, expected=expected)


def _named(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return ", ".join(map(str, numbers[:_SHOWN])) + more
