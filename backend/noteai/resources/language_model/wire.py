"""What a provider's client must do: send one request, and say how it failed."""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import SecretStr

TOO_MANY = 429
TRANSIENT = frozenset([408, 409, 425, TOO_MANY])
_SERVER_FAULT = 500


class Turn(NamedTuple):
    """What one side said."""

    role: Literal["user", "model"]
    text: str


class Request(NamedTuple):
    """Instructions and data apart: the first as the system's, the second as a user's turn."""

    instructions: str
    turns: tuple[Turn, ...]
    schema: Mapping[str, Any]


class Reply(NamedTuple):
    """What came back; tokens are None where the endpoint does not say, `cut` if it ran out."""

    text: str
    tokens_in: int | None
    tokens_out: int | None
    cut: bool


class Busy(Exception):
    """May succeed later.

    `wait` is the seconds that the provider asked for; `sent` says that it may have been
    answered, and charged, all the same.
    """

    def __init__(self, reason: str, *, wait: float | None = None, sent: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.sent = sent


class Refused(Exception):
    """Asking again is of no use."""


class Wire(Protocol):
    def __call__(self, request: Request, /) -> Reply:
        """Send it once.

        Raises:
            Busy, Refused: it failed.
        """
        ...


def failure(status: int, reason: str, wait: float | None) -> Busy | Refused:
    """What an HTTP status other than 200 means."""
    said = f"status {status}, {reason}"
    if status in TRANSIENT or status >= _SERVER_FAULT:
        return Busy(said, wait=wait)
    return Refused(said)


def without(secret: SecretStr | None, text: str) -> str:
    """`text` that a provider wrote, should it hold the key that it was sent."""
    hidden = secret.get_secret_value() if secret else ""
    return text.replace(hidden, "***") if hidden else text


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a `Retry-After`, given as a number or as a date (RFC 9110, 10.2.3)."""
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None
