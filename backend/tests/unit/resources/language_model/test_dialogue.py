"""Retries, repair and the account, with a wire that follows a script."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measuring import text_of, value, values
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from noteai.resources.language_model import LanguageModelFailed, Price, Terms, Usage
from noteai.resources.language_model.account import Account
from noteai.resources.language_model.dialogue import Dialogue, json_of
from noteai.resources.language_model.wire import Busy, Refused, Reply, Request


class Verdict(BaseModel):
    worth: int


def reply(text: str, tokens: int | None = 1) -> Reply:
    return Reply(text=text, tokens_in=tokens, tokens_out=tokens, cut=False)


GOOD = reply('{"worth": 1}')


def wire(script: Sequence[Reply | Exception]) -> Callable[[Request], Reply]:
    left = list(script)

    def send(request: Request) -> Reply:
        said = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(said, Exception):
            raise said
        return said

    return send


def dialogue(*script: Reply | Exception, **terms: Any) -> tuple[Dialogue, list[float]]:
    waits: list[float] = []
    agreed = Terms(model="m", **{"price": Price(tokens_in=1, tokens_out=1), **terms})
    return Dialogue("a model", agreed, wire(script), Account(), waits.append), waits


def test_waits_double_and_are_never_more_than_half_as_long_again() -> None:
    held, waits = dialogue(*[Busy("busy")] * 4, GOOD, first_wait=2.0)
    held.hold("", "", Verdict)
    for attempt, wait in enumerate(waits):
        assert 2.0 * 2**attempt <= wait <= 3.0 * 2**attempt
    assert len(waits) == 4


def test_a_wait_has_an_upper_bound() -> None:
    held, waits = dialogue(*[Busy("busy")] * 9, GOOD, attempts=10, first_wait=8.0)
    held.hold("", "", Verdict)
    assert max(waits) <= 90.0


def test_the_wait_that_was_asked_for_is_kept_to() -> None:
    held, waits = dialogue(Busy("busy", wait=33.0), GOOD, first_wait=2.0)
    held.hold("", "", Verdict)
    assert 33.0 <= waits[0] <= 34.0


def test_a_longer_wait_than_the_total_is_not_waited() -> None:
    held, waits = dialogue(Busy("busy", wait=601.0), GOOD)
    with pytest.raises(LanguageModelFailed, match="busy"):
        held.hold("", "", Verdict)
    assert waits == []


def test_every_request_is_counted_with_its_tokens_and_dollars(measured: CollectorRegistry) -> None:
    held, _ = dialogue(Busy("busy"), reply("nothing", 5), GOOD)
    held.hold("", "", Verdict)
    refused, _ = dialogue(Refused("no"))
    with pytest.raises(LanguageModelFailed):
        refused.hold("", "", Verdict)
    said, of = text_of(measured), {"provider": "a", "model": "model"}
    calls = values(said, "noteai_model_calls_total", "outcome")
    assert calls == {("answered",): 2, ("busy",): 1, ("refused",): 1}
    tokens = values(said, "noteai_model_tokens_total", "direction")
    assert tokens == {("in",): 6, ("out",): 6}
    assert value(said, "noteai_model_cost_usd_total", **of) == pytest.approx(12e-6)


def test_what_is_refused_is_not_asked_again() -> None:
    held, waits = dialogue(Refused("no"), GOOD)
    with pytest.raises(LanguageModelFailed, match="no"):
        held.hold("", "", Verdict)
    assert waits == []
    assert held.account.held == 0.0


def test_a_defect_in_the_wire_is_not_hidden() -> None:
    held, _ = dialogue(ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        held.hold("", "", Verdict)


def test_a_repair_is_retried_too() -> None:
    held, waits = dialogue(reply("{}"), Busy("busy"), GOOD)
    assert held.hold("", "", Verdict).value.worth == 1
    assert len(waits) == 1


def test_tokens_are_estimated_where_they_are_not_counted() -> None:
    held, _ = dialogue(reply('{"worth": 1}', tokens=None))
    usage = held.hold("", "x" * 3000, Verdict).usage
    assert 1000 < usage.tokens_in < 1200
    assert usage.tokens_out == 5
    assert held.account.spent == usage


def test_the_account_holds_nothing_after_answers_and_harmless_faults() -> None:
    held, _ = dialogue(Busy("busy"), GOOD)
    held.hold("", "", Verdict)
    assert held.account.held == pytest.approx(0.0)


def test_a_long_reason_is_shortened_to_one_line() -> None:
    held, _ = dialogue(Refused("no\n" * 1000))
    with pytest.raises(LanguageModelFailed) as caught:
        held.hold("", "", Verdict)
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '```json\n{"a": 1}\n```', '<think>{"b"}</think>\n{"a": 1}', 'So: {"a": 1}.'],
)
def test_the_outermost_object_is_found(text: str) -> None:
    assert json_of(reply(text)) == '{"a": 1}'


@pytest.mark.parametrize("text", ["", "no", "}{", "[1]", "{"])
def test_an_answer_without_an_object_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no JSON object"):
        json_of(reply(text))


def test_a_cut_answer_is_none_even_if_it_reads_well() -> None:
    with pytest.raises(ValueError, match="cut off"):
        json_of(GOOD._replace(cut=True))


@given(st.text(alphabet='{}[]"a1, <>/think'))
def test_whatever_is_said_holds_an_object_or_none(text: str) -> None:
    try:
        found = json_of(reply(text))
    except ValueError:
        return
    assert found[0] == "{"
    assert found[-1] == "}"
    assert found in text


@given(st.lists(st.integers(0, 10**6), max_size=5))
def test_usage_adds_up(tokens: list[int]) -> None:
    each = [Usage(answers=1, tokens_in=n, tokens_out=2 * n, cost=0.0) for n in tokens]
    total = sum(each, start=Usage())
    assert (total.answers, total.tokens_in) == (len(tokens), sum(tokens))
    assert (total + Usage(cost=None)).cost is None
