"""Why a stream ends."""

from dataclasses import dataclass
from enum import IntEnum

from noteai.errors import InputError


class Code(IntEnum):
    """Codes that sockets are closed with."""

    FINISHED = 1000
    DEFECT = 1011
    RECONNECT = 4000
    """It has lived long enough: connect again with `last_seq`."""
    BAD_REQUEST = 4400
    NOT_FOUND = 4404
    TOO_SLOW = 4408
    IDLE = 4410
    UNAVAILABLE = 4503
    """Try again in a moment."""


@dataclass(frozen=True)
class Ending:
    code: Code
    reason: str = ""


class BadSequenceNumber(InputError):
    """`{given}` is not the number of an event."""

    hint = "Send the `seq` of the last event that was received, or nothing."
    field = "last_seq"


class MessageUnknown(InputError):
    """This message is not understood."""

    hint = 'Send JSON: {{"type": "ping"}}, {{"type": "pong"}} or {{"type": "cancel"}}.'
