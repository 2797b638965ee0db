"""A language model that answers in a given form, whoever runs it."""

from dataclasses import dataclass
from typing import Annotated, Generic, Protocol, TypeVar

from pydantic import BaseModel, Field, model_validator

from noteai.errors import InputError, NoteAIError
from noteai.frozen import Frozen

MILLION = 1_000_000
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Form = TypeVar("Form", bound=BaseModel)


class LanguageModelFailed(NoteAIError):
    """The language model {model} gave no usable answer: {reason}."""

    hint = "The offline analysis needs no language model; or run again when the model answers."
    exit_status = 75  # EX_TEMPFAIL of sysexits.h


class CostCapReached(LanguageModelFailed):
    """The language model {model} was not asked: {spent} + {planned} dollars exceed {cap}."""

    hint = "Raise NOTEAI_LANGUAGE_MODEL__MAX_COST, or use the offline analysis."


class ApiKeyMissing(InputError):
    """The language model {model} needs an API key and none is set."""

    hint = "Set NOTEAI_LANGUAGE_MODEL__API_KEY, or use the offline analysis."
    exit_status = 78  # EX_CONFIG of sysexits.h


class PriceUnknown(InputError):
    """A cap on the cost of {model} cannot be kept: its price is not known."""

    hint = (
        "Set NOTEAI_LANGUAGE_MODEL__PRICE_IN and NOTEAI_LANGUAGE_MODEL__PRICE_OUT, or leave "
        "NOTEAI_LANGUAGE_MODEL__MAX_COST out."
    )
    exit_status = 79


class Price(Frozen):
    """US dollars for a million tokens, as providers list them."""

    tokens_in: Dollars
    tokens_out: Dollars

    def of(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / MILLION


class Usage(Frozen):
    """What was used; `cost` is in US dollars and None where no price is known."""

    answers: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        known = self.cost is not None and other.cost is not None
        return Usage(
            answers=self.answers + other.answers,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost=(self.cost or 0.0) + (other.cost or 0.0) if known else None,
        )


class Terms(Frozen):
    """Which model, what may be asked of it and how long and dear that may be.

    `context` and `max_output` are tokens of one request; with a model that thinks, its
    thoughts count as output. A server of one's own must be set to that context, too: some
    cut a longer request without a word.
    """

    model: str = Field(min_length=1)
    base_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]", description="Another address than the provider's own"
    )
    temperature: float = Field(0.0, ge=0, le=2)
    context: int = Field(65_536, ge=2_048)
    max_output: int = Field(16_384, ge=256)
    request_seconds: float = Field(180.0, gt=0, description="Longest wait for one answer")
    attempts: int = Field(6, ge=1, description="Requests for one answer, the first included")
    total_seconds: float = Field(600.0, gt=0, description="After these no attempt is begun")
    first_wait: float = Field(1.0, ge=0, description="Before the second attempt; then doubled")
    price: Price | None = Field(None, description="None where it is not known")
    max_cost: Dollars | None = Field(None, description="US dollars of a run; None for no cap")

    @model_validator(mode="after")
    def _fits(self) -> "Terms":
        if self.max_output * 2 > self.context:
            raise ValueError("an answer may fill at most half of the context")
        return self


@dataclass(frozen=True)
class Answer(Generic[Form]):
    """An answer that has the form asked for, and all that it took, repairs included."""

    value: Form
    usage: Usage


class LanguageModel(Protocol):
    """A resource: asks one model and keeps its account."""

    @property
    def name(self) -> str:
        """Provider and model, as people read them."""
        ...

    @property
    def identity(self) -> str:
        """Name and every setting that can change an answer; never a key."""
        ...

    @property
    def terms(self) -> Terms: ...

    @property
    def spent(self) -> Usage:
        """All answers so far."""
        ...

    def for_run(self) -> "LanguageModel":
        """The same model with an account of its own: a cap is a run's, a model many runs'.

        What the run spends counts for the model, too.
        """
        ...

    def answer(self, instructions: str, data: str, schema: type[Form]) -> Answer[Form]:
        """Work on `data` as `instructions` say and answer in the form of `schema`.

        Raises:
            LanguageModelFailed: no answer of that form could be had, or it would cost more
                than the cap allows.
        """
        ...


def estimated_tokens(text: str) -> int:
    """Rather too many than too few: a token a three bytes of UTF-8.

    English takes about four letters a token, Chinese about one character (three bytes).
    """
    return len(text.encode()) // 3 + 1
