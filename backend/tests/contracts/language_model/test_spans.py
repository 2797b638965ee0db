"""Each request to a language model is a span: what it took, and nothing of what was said."""

from typing import Any

import pytest
from pydantic import BaseModel
from seeing import seeing

from noteai.resources.language_model import LanguageModelFailed, Price


class Verdict(BaseModel):
    subject: str


def test_a_call_says_what_it_took(provider: Any) -> None:
    provider.will(provider.saying('{"subject": "planted"}', tokens=(1000, 500)))
    model = provider.model(price=Price(tokens_in=1.0, tokens_out=2.0))
    with seeing() as sight:
        model.answer("Judge.", "planted", Verdict)
    named, _, called = model.name.partition(" ")
    assert sight.facts("model call") == [
        {
            "noteai.provider": named,
            "noteai.model": called,
            "noteai.tokens_in": 1000,
            "noteai.tokens_out": 500,
            "noteai.cost": 0.002,
        }
    ]


def test_a_call_that_was_refused_has_failed_without_words(provider: Any) -> None:
    provider.will(provider.failing(403, "planted"))
    with seeing() as sight, pytest.raises(LanguageModelFailed):
        provider.model().answer("Judge.", "planted", Verdict)
    (facts,) = sight.facts("model call")
    assert facts["error.type"] == "Refused"
    assert "planted" not in sight.spans[0].to_json()
