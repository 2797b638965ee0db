"""Language models that answer in a given form: Gemini and OpenAI-compatible endpoints."""

from noteai.resources.language_model.port import (
    Answer,
    ApiKeyMissing,
    CostCapReached,
    Dollars,
    LanguageModel,
    LanguageModelFailed,
    Price,
    PriceUnknown,
    Terms,
    Usage,
    estimated_tokens,
)

__all__ = [
    "Answer",
    "ApiKeyMissing",
    "CostCapReached",
    "Dollars",
    "LanguageModel",
    "LanguageModelFailed",
    "Price",
    "PriceUnknown",
    "Terms",
    "Usage",
    "estimated_tokens",
]
