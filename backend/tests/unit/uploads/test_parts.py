from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.adapters.s3_incoming import Part
from noteai.uploads.errors import (
    PartMismatch,
    PartSizeWrong,
    PartsMissing,
    PartsOutOfOrder,
    PartUnknown,
    TooManyParts,
    UploadProblem,
)
from noteai.uploads.parts import MOST, Claim, Cut, check

MIB = 1 << 20
CUT = Cut(20 * MIB, 8 * MIB)


def stored(cut: Cut) -> list[Part]:
    slices = [cut.slice(number) for number in range(1, cut.count + 1)]
    return [Part(each.number, each.size, f"e{each.number}") for each in slices]


@given(st.integers(1, 60 * 1024**4))
def test_every_size_has_parts_that_a_store_takes(size: int) -> None:
    cut = Cut.of(size)
    last = cut.slice(cut.count)
    assert 1 <= cut.count <= MOST
    assert cut.part_size >= 5 * MIB
    assert 1 <= last.size <= cut.part_size
    assert last.offset + last.size == size


def test_parts_lie_one_after_another() -> None:
    slices = [CUT.slice(number) for number in (1, 2, 3)]
    assert [(each.offset, each.size) for each in slices] == [
        (0, 8 * MIB),
        (8 * MIB, 8 * MIB),
        (16 * MIB, 4 * MIB),
    ]


def test_a_part_of_a_wrong_size_is_still_missing() -> None:
    parts = stored(CUT)
    parts[1] = replace(parts[1], size=5)
    assert [each.number for each in CUT.missing(parts)] == [2]


@pytest.mark.parametrize(
    "claims",
    [
        [],
        [Claim(1), Claim(2), Claim(3)],
        [Claim(1, '"e1"'), Claim(2, "E2"), Claim(3)],
    ],
)
def test_whole_parts_are_taken_with_a_list_and_without(claims: list[Claim]) -> None:
    check(CUT, stored(CUT), claims)


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ([Claim(n) for n in range(1, 10_002)], TooManyParts),
        ([Claim(2), Claim(1), Claim(3)], PartsOutOfOrder),
        ([Claim(1), Claim(1), Claim(2), Claim(3)], PartsOutOfOrder),
        ([Claim(0), Claim(1), Claim(2), Claim(3)], PartUnknown),
        ([Claim(1), Claim(2), Claim(3), Claim(4)], PartUnknown),
        ([Claim(1), Claim(3)], PartsMissing),
        ([Claim(1), Claim(2, "e1"), Claim(3)], PartMismatch),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(
    claims: list[Claim], error: type[UploadProblem]
) -> None:
    with pytest.raises(error):
        check(CUT, stored(CUT), claims)


def test_what_the_store_lacks_is_named() -> None:
    with pytest.raises(PartsMissing, match="2, 3"):
        check(CUT, stored(CUT)[:1], [])


def test_many_missing_parts_are_counted() -> None:
    with pytest.raises(PartsMissing, match="20 and 80 more"):
        check(Cut(100 * 8 * MIB, 8 * MIB), [], [])


def test_a_part_one_byte_too_long_is_named_with_its_size() -> None:
    parts = stored(CUT)
    parts[2] = replace(parts[2], size=4 * MIB + 1)
    with pytest.raises(PartSizeWrong, match="Part 3 has 4194305 bytes and not 4194304"):
        check(CUT, parts, [])


def test_a_part_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(PartUnknown):
        check(CUT, [*stored(CUT), Part(4, 1, "e4")], [])
