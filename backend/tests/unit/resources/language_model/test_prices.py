import pytest

from noteai.resources.language_model import Price
from noteai.resources.language_model.prices import LIST_PRICES, price_of


def test_a_dated_version_costs_what_its_model_costs() -> None:
    assert price_of("gpt-4o-2024-08-06") == LIST_PRICES["gpt-4o"]
    assert price_of("gpt-4o-mini-2024-07-18") == LIST_PRICES["gpt-4o-mini"]


@pytest.mark.parametrize("model", ["gpt-4o-audio-preview", "gpt-4", "llama3", "", "gpt-4o-"])
def test_another_model_has_no_price(model: str) -> None:
    assert price_of(model) is None


def test_the_table_may_be_another() -> None:
    own = {"tutor": Price(tokens_in=0, tokens_out=0)}
    assert price_of("tutor", own) == own["tutor"]
    assert price_of("gpt-4o", own) is None
