"""Who is let in: browsers let every page ask this machine, by any name that its owner gave it.

There are no accounts, so whoever is heard may do everything. A program sends no `Origin`, and
says by which name it was told to ask.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from noteai.api.errors import answer, problem_of
from noteai.errors import InputError
from noteai.live.origin import is_welcome
from noteai.settings import ServiceSettings

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_SHOWN = 100
"""Characters of what was sent."""


class HostUnknown(InputError):
    """This service does not go by the name `{host}`."""

    hint = (
        "Ask for localhost or 127.0.0.1; a service that others may reach needs "
        "NOTEAI_SERVICE__ALLOW_REMOTE=true."
    )
    http_status = 421


class OriginRefused(InputError):
    """Web pages of `{origin}` may change nothing here."""

    hint = "Name the origin in NOTEAI_SERVICE__ALLOWED_ORIGINS, if it is one of yours."
    http_status = 403


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, terms: ServiceSettings) -> None:
        self._app = app
        self._terms = terms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] in ("http", "websocket"):
                check(scope, self._terms)
        except InputError as refusal:
            await _refuse(refusal, scope, receive, send)
        else:
            await self._app(scope, receive, send)


def check(scope: Scope, terms: ServiceSettings) -> None:
    """Raises: HostUnknown, OriginRefused."""
    sent = Headers(scope=scope)
    host, origin = sent.get("host"), sent.get("origin")
    if not (terms.allow_remote or host is None or is_here(host)):
        raise HostUnknown(host=host[:_SHOWN])
    if scope["type"] == "websocket" or scope["method"] in _HARMLESS:  # a socket asks by itself
        return
    if not is_welcome(origin, host, terms.allowed_origins):
        raise OriginRefused(origin=str(origin)[:_SHOWN])


def is_here(host: str) -> bool:
    """A `Host` that no other machine can have: with any port, as tunnels have another."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").removesuffix(".")
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _refuse(refusal: InputError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # which is answered with 403
        return
    await answer(problem_of(refusal), {"Connection": "close"})(scope, receive, send)
