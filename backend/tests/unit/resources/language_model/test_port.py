import pytest
from pydantic import SecretStr, ValidationError

from noteai.resources.language_model import (
    ApiKeyMissing,
    Price,
    PriceUnknown,
    Terms,
    estimated_tokens,
)
from noteai.resources.language_model.factory import language_model
from noteai.resources.language_model.gemini import GeminiModel
from noteai.resources.language_model.openai_compatible import OpenAiCompatibleModel
from noteai.resources.language_model.prices import LIST_PRICES

TERMS = Terms(model="m")
LOCAL = Terms(model="m", base_url="http://localhost:11434/v1")


def test_a_price_is_for_a_million_tokens() -> None:
    assert Price(tokens_in=1.0, tokens_out=4.0).of(500_000, 250_000) == 1.5


def test_a_cap_that_cannot_be_kept_is_said_at_once() -> None:
    with pytest.raises(PriceUnknown, match="cost of m cannot be kept"):
        language_model("gemini", Terms(model="m", max_cost=1.0), SecretStr("k"))


def test_a_listed_price_is_used_where_none_is_given() -> None:
    key, listed = SecretStr("k"), Terms(model="gemini-2.5-flash", max_cost=1.0)
    assert language_model("gemini", listed, key).terms.price == LIST_PRICES["gemini-2.5-flash"]
    own = Price(tokens_in=7, tokens_out=7)
    priced = listed.model_copy(update={"price": own})
    assert language_model("gemini", priced, key).terms.price == own


def test_an_address_of_ones_own_has_no_list_price() -> None:
    local = Terms(model="gpt-4o", base_url="http://localhost:8000/v1")
    assert language_model("openai", local, None).terms.price is None


@pytest.mark.parametrize("url", ["", "localhost:11434", "file:///etc/passwd", "http:// x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        Terms(model="m", base_url=url)


def test_an_answer_longer_than_half_the_context_is_refused() -> None:
    with pytest.raises(ValidationError, match="half of the context"):
        Terms(model="m", context=4096, max_output=4096)


@pytest.mark.parametrize(("text", "least"), [("word " * 400, 400), ("语言" * 200, 400), ("", 0)])
def test_tokens_are_rather_estimated_too_many(text: str, least: int) -> None:
    assert estimated_tokens(text) > least


def test_the_factory_makes_what_the_settings_name() -> None:
    key = SecretStr("k")
    assert isinstance(language_model("gemini", TERMS, key), GeminiModel)
    assert isinstance(language_model("openai", TERMS, key), OpenAiCompatibleModel)
    assert isinstance(language_model("openai", LOCAL, None), OpenAiCompatibleModel)


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr(" ")])
def test_a_missing_key_is_said_at_once(key: SecretStr | None) -> None:
    with pytest.raises(ApiKeyMissing, match="gemini m needs an API key"):
        language_model("gemini", TERMS, key)
    with pytest.raises(ApiKeyMissing, match="openai m needs an API key"):
        language_model("openai", TERMS, key)
