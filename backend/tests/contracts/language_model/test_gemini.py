"""What is particular to the Gemini API."""

import json
from typing import Any

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from noteai.resources.language_model import LanguageModelFailed


class Verdict(BaseModel):
    subject: str


GOOD = '{"subject": "entropy"}'


def answer(model: Any) -> Any:
    return model.answer("Judge.", "data", Verdict)


def test_the_request_goes_to_the_model_with_the_key_in_a_header(gemini: Any) -> None:
    gemini.will(gemini.saying(GOOD))
    answer(gemini.model())
    (heard,) = gemini.heard
    assert heard.path == "/v1beta/models/tutor-1:generateContent"
    assert heard.headers["x-goog-api-key"] == "sk-secret-4711"


def test_json_is_asked_for_with_the_limits_of_the_terms(gemini: Any) -> None:
    gemini.will(gemini.saying(GOOD))
    answer(gemini.model(temperature=0.5, max_output=2000))
    config = gemini.heard[0].body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert (config["temperature"], config["maxOutputTokens"]) == (0.5, 2000)


def test_the_delay_in_the_error_is_waited_for(gemini: Any) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.03s"}
    error = {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED", "details": [info]}
    busy = gemini.failing(429)
    gemini.will(type(busy)(429, json.dumps({"error": error}).encode()), gemini.saying(GOOD))
    with capture_logs() as logs:
        answer(gemini.model())
    assert [each["wait"] for each in logs if "wait" in each] == [0.03]


def test_thoughts_are_paid_for_and_not_read(gemini: Any) -> None:
    said = gemini.says(GOOD, tokens=(100, 20))
    said["candidates"][0]["content"]["parts"].insert(0, {"text": "{Hmm", "thought": True})
    said["usageMetadata"]["thoughtsTokenCount"] = 300
    gemini.will(gemini.garbled(json.dumps(said).encode()))
    answered = answer(gemini.model())
    assert answered.value.subject == "entropy"
    assert answered.usage.tokens_out == 320


def test_an_answer_that_was_all_thought_is_paid_for(gemini: Any) -> None:
    said = gemini.says("", finish="MAX_TOKENS")
    del said["candidates"][0]["content"]
    said["usageMetadata"] = {"promptTokenCount": 100, "thoughtsTokenCount": 5000}
    gemini.will(gemini.garbled(json.dumps(said).encode()))
    model = gemini.model()
    with pytest.raises(LanguageModelFailed):
        answer(model)
    assert model.spent.tokens_out == 10_000


def test_a_blocked_prompt_is_a_failure_with_the_reason(gemini: Any) -> None:
    body = json.dumps({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}).encode()
    gemini.will(gemini.garbled(body))
    with pytest.raises(LanguageModelFailed, match="PROHIBITED_CONTENT"):
        answer(gemini.model())
    assert len(gemini.heard) == 1
