"""Makes the language model that settings name."""

from typing import Literal

from pydantic import SecretStr

from noteai.resources.language_model.gemini import GeminiModel
from noteai.resources.language_model.openai_compatible import OpenAiCompatibleModel
from noteai.resources.language_model.port import ApiKeyMissing, Terms

Provider = Literal["gemini", "openai"]


def language_model(
    provider: Provider, terms: Terms, key: SecretStr | None
) -> GeminiModel | OpenAiCompatibleModel:
    """A model that has not been asked yet; the provider's package is loaded when it is.

    Raises:
        ApiKeyMissing: the provider wants a key. An OpenAI-compatible endpoint at an address
            of its own may do without.
    """
    given = key if key and key.get_secret_value().strip() else None
    if provider == "openai" and (given or terms.base_url):
        return OpenAiCompatibleModel(terms, given)
    if given is None:
        raise ApiKeyMissing(model=f"{provider} {terms.model}")
    return GeminiModel(terms, given)
