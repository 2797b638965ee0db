"""What models cost, for a table that settings may extend or replace."""

from collections.abc import Mapping

from noteai.resources.language_model.port import Price

LIST_PRICES: Mapping[str, Price] = {
    "gemini-2.5-pro": Price(tokens_in=1.25, tokens_out=10.0),
    "gemini-2.5-flash": Price(tokens_in=0.30, tokens_out=2.50),
    "gemini-2.5-flash-lite": Price(tokens_in=0.10, tokens_out=0.40),
    "gpt-4o": Price(tokens_in=2.50, tokens_out=10.0),
    "gpt-4o-mini": Price(tokens_in=0.15, tokens_out=0.60),
    "gpt-4.1": Price(tokens_in=2.0, tokens_out=8.0),
    "gpt-4.1-mini": Price(tokens_in=0.40, tokens_out=1.60),
    "gpt-4.1-nano": Price(tokens_in=0.10, tokens_out=0.40),
}
"""List prices for prompts under 200,000 tokens, as of the beginning of 2026. Prices change:
who relies on a cap sets the price."""


def price_of(model: str, prices: Mapping[str, Price] = LIST_PRICES) -> Price | None:
    """The price of a model or of the dated versions of it: `gpt-4o-2024-08-06` is `gpt-4o`."""
    fitting = (name for name in prices if model == name or _is_version(model, name))
    name = max(fitting, key=len, default=None)
    return prices[name] if name else None


def _is_version(model: str, name: str) -> bool:
    rest = model.removeprefix(f"{name}-")
    return rest != model and rest[:1].isdigit()
