import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.api.limits import (
    DEEPEST,
    BodyTooDeep,
    HalfCharacter,
    NulCharacter,
    check_body,
    check_query,
    depth,
)

PLAIN = st.none() | st.booleans() | st.integers() | st.text()
JSON = st.recursive(PLAIN, lambda each: st.lists(each) | st.dictionaries(st.text(), each))


def levels(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(levels, value), default=0) if isinstance(value, list) else 0


@given(JSON)
def test_the_depth_of_json_is_counted_outside_strings(value: object) -> None:
    padding: list[list[int]] = [[] for _ in range(DEEPEST)]
    body = json.dumps([value, *padding]).encode()
    assert depth(body) == levels([value, *padding])


def test_what_has_few_brackets_is_not_looked_at() -> None:
    assert depth(b"[" * DEEPEST) == 0


def test_what_is_nested_too_deep_is_refused() -> None:
    check_body(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(BodyTooDeep):
        check_body(b"[" * (DEEPEST + 1))


def test_brackets_side_by_side_are_not_deep() -> None:
    check_body(b"[" + b"{}," * 10_000 + b"{}]")


@pytest.mark.parametrize(
    "body", [b'"\0"', rb'"\u0000"', rb'"a\\\u0000"', rb'{"\u0000": 1}', rb'"\\\\\u0000"']
)
def test_nul_is_refused(body: bytes) -> None:
    with pytest.raises(NulCharacter):
        check_body(body)


@pytest.mark.parametrize("body", [rb'"\\u0000"', rb'"\\\\u0000"', rb'"\u0001"', b""])
def test_what_only_looks_like_nul_is_not(body: bytes) -> None:
    check_body(body)


@pytest.mark.parametrize(
    "body",
    [
        rb'"\ud800x"',
        rb'"\uDfFf"',
        rb'{"\udc00\ud800": 1}',
        rb'"\ud83d\n"',
        rb'"\ud83d\ud83d\ude00"',
        rb'"\\\ud83d"',
        rb'"\\ud83d\ude00"',
        b'"\xed\xa0\x80"',
    ],
)
def test_half_a_character_is_refused(body: bytes) -> None:
    with pytest.raises(HalfCharacter):
        check_body(body)


@pytest.mark.parametrize("body", [rb'"\ud83d\uDE00"', rb'"\\ud83d"', rb'"\ud7ff\ue000"'])
def test_what_only_looks_like_half_a_character_is_not(body: bytes) -> None:
    check_body(body)


@given(st.text())
def test_whole_characters_are_never_taken_for_halves(text: str) -> None:
    for is_escaped in (True, False):
        check_body(json.dumps(text.replace("\0", ""), ensure_ascii=is_escaped).encode())


def test_nul_in_a_query_is_refused() -> None:
    check_query(b"q=%01")
    with pytest.raises(NulCharacter):
        check_query(b"q=a%00b")
