"""No secret is left, and what is no secret stays."""

import json
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planting import NAMES, SEED, TEXTS, is_told

from noteai.telemetry import redactor
from noteai.telemetry.redactor import HIDDEN, LONGEST, LONGEST_TRACEBACK, redacted

STAYS = (
    "stage_done",
    "2026-11-28T12:00:00+00:00",
    "0a1b2c3d-0000-4000-8000-00805f9b34fb",
    "s3://noteai/accounts/1/objects/ab/cdef",
    "http://127.0.0.1:8000/api/v1/jobs?limit=5&state=failed",
    "ffmpeg: Invalid data found when processing input, frame=12 fps=0.0 q=-1.0",
    "tokens_in=512, tokens_out=64, key=accounts/1/near",
    "a basic course in thermodynamics; the bearer",
    "the disk-space task-force looked through all of it, v1, lightly",
    'File "/srv/noteai/engine/run.py", line 40, in run_stage',
    "лекция 1: энтропия, часть 2",
)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_secret_in_a_text_is_hidden(kind: str) -> None:
    written = json.dumps(redacted({"reason": f"It said: {TEXTS[kind]}"}))
    assert HIDDEN in written
    assert not is_told(written)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [SEED, f"{SEED} {SEED}", SEED.encode(), [SEED], {"a": SEED}, 42])
def test_what_has_the_name_of_a_secret_is_hidden(name: str, value: object) -> None:
    assert redacted({name: value}) == {name: HIDDEN}


@pytest.mark.parametrize("text", STAYS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted({"reason": text}) == {"reason": text}


def test_a_claim_under_such_a_name_stays() -> None:
    claims = {"is_private": True, "token": None, "tokens_in": 5}
    assert redacted(claims) == claims


@pytest.mark.parametrize("kind", TEXTS)
def test_secrets_are_found_however_deep_they_lie(kind: str) -> None:
    value: object = [TEXTS[kind], {"password": SEED, TEXTS[kind]: 1}, ("cookie", SEED)]
    for _ in range(6):
        value = {"in": [value, (value,)]}
        assert not is_told(json.dumps(redacted({"value": value})))
    assert not is_told(json.dumps(redacted({"value": repr([TEXTS[kind]])})))


def test_around_a_secret_the_text_stays() -> None:
    found = redacted({"url": "https://s3/k?partNumber=1&X-Amz-Signature=abc&x=1", "at": "u@h.org!"})
    assert found == {"url": "https://s3/k?partNumber=1&X-Amz-Signature=***&x=1", "at": "***!"}
    assert redactor.clean("redis://:x@h/0 refused") == "redis://***@h/0 refused"


def test_a_secret_that_stands_where_a_text_is_cut_is_hidden() -> None:
    for before in range(LONGEST - 60, LONGEST + 5):
        written = redactor.text("x" * before + f" password={SEED}")
        assert len(written) <= LONGEST
        assert SEED[:8] not in written
    whole = "\n".join(["password=" + SEED] * 5_000)
    shown = redactor.traceback(whole)
    assert len(shown) <= LONGEST_TRACEBACK
    assert not is_told(shown)


class Kind(StrEnum):
    CLIP = "clip"


class Mute:
    def __str__(self) -> str:
        raise RuntimeError


def test_what_json_does_not_have_becomes_text() -> None:
    job = UUID(int=7)
    found = redacted({"a": float("nan"), "b": job, "c": "nul\0", "d": "\ud800", "e": Kind.CLIP})
    assert found == {"a": "nan", "b": str(job), "c": "nul\ufffd", "d": "?", "e": "clip"}
    assert redacted({"mute": Mute(), "big": 10**5000})["mute"] == "<Mute>"
    assert json.loads(json.dumps(redacted({"set": {1}, "n": 2**70}))) == {
        "set": [1],
        "n": hex(2**70),
    }


def test_a_value_that_holds_itself_comes_to_an_end() -> None:
    knot: list[object] = [1, 2, 3]
    knot.append(knot)
    assert json.dumps(redacted({"knot": knot}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_whatever_is_said_comes_out_as_json(facts: dict[str, object]) -> None:
    written = json.dumps(redacted(facts), allow_nan=False)
    assert written.encode("utf-8")


@given(st.text(), st.text())
def test_a_named_secret_is_hidden_whatever_stands_around_it(before: str, after: str) -> None:
    assert not is_told(redactor.text(f"{before} password='{SEED}' {after}"))
