"""Makes the language model that settings name."""

from collections.abc import Mapping
from typing import Literal

from pydantic import SecretStr

from noteai.resources.language_model.gemini import GeminiModel
from noteai.resources.language_model.openai_compatible import OpenAiCompatibleModel
from noteai.resources.language_model.port import ApiKeyMissing, Price, PriceUnknown, Terms
from noteai.resources.language_model.prices import LIST_PRICES, price_of

Provider = Literal["gemini", "openai"]


def language_model(
    provider: Provider,
    terms: Terms,
    key: SecretStr | None,
    prices: Mapping[str, Price] = LIST_PRICES,
) -> GeminiModel | OpenAiCompatibleModel:
    """A model that has not been asked yet; the provider's package is loaded when it is.

    A price that the terms do not give is looked up, unless the address is not the provider's.

    Raises:
        PriceUnknown: a cost is capped that cannot be counted.
        ApiKeyMissing: the provider wants a key. An OpenAI-compatible endpoint at an address
            of its own may do without.
    """
    terms = _priced(terms, prices)
    given = key if key and key.get_secret_value().strip() else None
    if provider == "openai" and (given or terms.base_url):
        return OpenAiCompatibleModel(terms, given)
    if given is None:
        raise ApiKeyMissing(model=f"{provider} {terms.model}")
    return GeminiModel(terms, given)


def _priced(terms: Terms, prices: Mapping[str, Price]) -> Terms:
    listed = None if terms.base_url else price_of(terms.model, prices)
    price = terms.price or listed
    if price is None and terms.max_cost is not None:
        raise PriceUnknown(model=terms.model)
    return terms.model_copy(update={"price": price})
