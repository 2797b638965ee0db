"""What is refused before anything is made of it: bodies too large or too deep, and
what no text may have in it.

A body is read once, counted as it comes, and handed on whole.
"""

import re
from collections.abc import Collection
from itertools import accumulate
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from noteai.api.errors import answer, problem_of
from noteai.errors import InputError

LARGEST = 2 << 20
"""Bytes; a list of 10,000 parts with their ETags takes less than one million."""
DEEPEST = 32
"""Levels of JSON in each other; what the API takes has five."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""A surrogate, escaped or encoded."""
_WHOLE = re.compile(
    rb"(?:[^\\\xed]++|\\[^u]|\\u[dD][89abAB]..\\u[dD][c-fC-F]|(?!" + _HALF.pattern + rb").)*+",
    re.DOTALL,
)
"""All up to the first surrogate without its other half."""


class BodyTooLarge(InputError):
    """The body of this request is too large: the limit is {limit} bytes."""

    hint = "Files go to the part URLs of an upload, or as a form to /api/v1/upload."
    http_status = 413


class BodyTooDeep(InputError):
    """The JSON of this request is nested too deep: the limit is {limit} levels."""

    hint = "No request needs as many; see /docs for what each takes."
    http_status = 400


class NulCharacter(InputError):
    """This request has a NUL character in it."""

    hint = "Send text without it."
    http_status = 400


class HalfCharacter(InputError):
    """This request has half a character in it: a surrogate without its other half."""

    hint = "Send whole characters."
    http_status = 400


class Limits:
    """ASGI middleware; the paths in `free` take bodies of any size and look after themselves."""

    def __init__(self, app: ASGIApp, free: Collection[str] = ()) -> None:
        self._app = app
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._free:
            await self._app(scope, receive, send)
            return
        try:
            check_query(scope["query_string"])
            body = await _read(scope, receive)
            check_body(body)
        except InputError as refusal:
            answered = answer(problem_of(refusal), {"Connection": "close"})
            await answered(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


def check_query(query: bytes) -> None:
    """Raises: NulCharacter."""
    if b"%00" in query:
        raise NulCharacter


def check_body(body: bytes) -> None:
    """Raises: BodyTooDeep, NulCharacter, HalfCharacter."""
    if body and depth(body) > DEEPEST:
        raise BodyTooDeep(limit=DEEPEST)
    if b"\0" in body:  # as in every other encoding of JSON than UTF-8
        raise NulCharacter
    if rb"\u0000" in body and _NUL.search(body):
        raise NulCharacter
    whole = _WHOLE.match(body)
    if whole and _HALF.match(body, whole.end()):
        raise HalfCharacter


def depth(body: bytes) -> int:
    """Levels of brackets outside strings, in time linear in the body."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0
    brackets = _STRING.sub(b"", body).translate(None, _NOT_BRACKETS)
    return max(accumulate(_STEPS[each] for each in brackets), default=0)


async def _read(scope: Scope, receive: Receive) -> bytes:
    _check_size(_declared(scope))
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        _check_size(len(body))
        if not message.get("more_body", False):
            return bytes(body)


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise BodyTooLarge(limit=LARGEST)


def _declared(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiving
