"""Signatures as Standard Webhooks 1.0.0 has them: HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable

from noteai.webhooks.errors import SecretRefused

PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_MADE = 32


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(_MADE)).decode()


def check_secret(secret: str) -> str:
    """The secret itself. Raises: SecretRefused."""
    if not secret.startswith(PREFIX):
        raise SecretRefused(reason=f"does not begin with {PREFIX}")
    try:
        key = _key(secret)
    except (binascii.Error, ValueError) as error:
        raise SecretRefused(reason=f"is not base64 after {PREFIX}") from error
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise SecretRefused(reason=f"has {len(key)} bytes and not {_SHORTEST} to {_LONGEST}")
    return secret


def headers(secrets: Iterable[str], message: str, at: int, body: bytes) -> dict[str, str]:
    """What a request is sent with; `at` is in seconds since 1970, `message` has no full stop.

    One signature a secret, so that receivers may change theirs in their own time.
    """
    signed = b".".join((message.encode(), str(at).encode(), body))
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(_sign(each, signed) for each in secrets),
    }


def _sign(secret: str, content: bytes) -> str:
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(PREFIX), validate=True)
