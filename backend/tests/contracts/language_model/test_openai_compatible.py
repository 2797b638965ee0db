"""What differs between endpoints that speak OpenAI's protocol."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from noteai.resources.language_model import LanguageModelFailed, Terms
from noteai.resources.language_model.openai_compatible import OpenAiCompatibleModel

GOOD = '{"subject": "entropy"}'


class Verdict(BaseModel):
    subject: str


def answer(model: Any) -> Verdict:
    found: Verdict = model.answer("Judge.", "data", Verdict).value
    return found


def test_the_schema_is_asked_for_strictly(openai: Any) -> None:
    openai.will(openai.saying(GOOD))
    answer(openai.model())
    form = openai.heard[0].body["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True


@pytest.mark.parametrize("status", [400, 422, 501])
def test_an_endpoint_that_refuses_schemas_gets_it_as_text(openai: Any, status: int) -> None:
    refused = openai.failing(status, "response_format of type json_schema is not supported")
    openai.will(refused, openai.saying(GOOD))
    assert answer(openai.model()).subject == "entropy"
    second = openai.heard[1].body
    assert second["response_format"] == {"type": "json_object"}
    assert json.dumps(Verdict.model_json_schema()) in second["messages"][0]["content"]


def test_what_an_endpoint_refused_is_not_tried_again(openai: Any) -> None:
    refused = openai.failing(400, "unknown response_format json_schema")
    openai.will(refused, openai.saying(GOOD))
    model = openai.model()
    answer(model)
    answer(model)
    forms = [heard.body["response_format"]["type"] for heard in openai.heard]
    assert forms == ["json_schema", "json_object", "json_object"]


def test_an_endpoint_that_refuses_every_form_fails(openai: Any) -> None:
    openai.will(openai.failing(400, "response_format is unknown here"))
    with pytest.raises(LanguageModelFailed, match="unknown here"):
        answer(openai.model())
    assert len(openai.heard) == 2


def test_a_model_that_takes_no_temperature_is_asked_without(openai: Any) -> None:
    refused = openai.failing(400, "Unsupported value: 'temperature' does not support 0.0")
    openai.will(refused, openai.saying(GOOD))
    answer(openai.model())
    assert ["temperature" in heard.body for heard in openai.heard] == [True, False]
    assert openai.heard[1].body["response_format"]["type"] == "json_schema"


def test_a_used_up_quota_is_not_waited_for(openai: Any) -> None:
    openai.will(openai.garbled(b""))
    spent = openai.failing(429)
    body = json.dumps({"error": {"message": "no", "code": "insufficient_quota"}}).encode()
    openai.will(type(spent)(429, body))
    with pytest.raises(LanguageModelFailed, match="quota is used up"):
        answer(openai.model())
    assert len(openai.heard) == 1


def test_tokens_are_estimated_where_the_endpoint_counts_none(openai: Any) -> None:
    said = openai.says(GOOD)
    del said["usage"]
    openai.will(openai.garbled(json.dumps(said).encode()))
    usage = openai.model().answer("Judge.", "x" * 3000, Verdict).usage
    assert usage.tokens_in > 1000
    assert usage.tokens_out > 0


def test_a_refusal_of_the_model_is_a_failure(openai: Any) -> None:
    said = openai.says("")
    said["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "I cannot."}
    openai.will(openai.garbled(json.dumps(said).encode()))
    with pytest.raises(LanguageModelFailed, match="withheld, I cannot"):
        answer(openai.model())


def test_a_local_endpoint_needs_no_key(openai: Any) -> None:
    openai.will(openai.saying(GOOD))
    terms = Terms(model="llama", base_url=f"{openai.server.address}/v1")
    assert answer(OpenAiCompatibleModel(terms)).subject == "entropy"
    assert openai.heard[0].path == "/v1/chat/completions"
    assert openai.heard[0].body["max_tokens"] == terms.max_output


def test_the_key_travels_as_a_bearer_token(openai: Any) -> None:
    openai.will(openai.saying(GOOD))
    terms = Terms(model="m", base_url=f"{openai.server.address}/v1")
    answer(OpenAiCompatibleModel(terms, SecretStr("sk-1")))
    assert openai.heard[0].headers["authorization"] == "Bearer sk-1"
