"""What went wrong, as problem details of RFC 9457 with a stable code, a hint and the field."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from noteai import telemetry
from noteai.errors import InputError, NoteAIError

MEDIA_TYPE = "application/problem+json"
_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_RETRY_AFTER = "2"
"""Seconds; a restart of the database takes about as long."""


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="A path with dots from the place: `params.clips.count`.")
    message: str


class Problem(BaseModel):
    """Problem details as in RFC 9457. Clients act on `code`."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    field: str | None = Field(None, description="What of the request it is about.")
    errors: list[FieldError] | None = Field(None, description="All that is wrong with fields.")
    reference: str | None = Field(None, description="To be found in the log of the service.")
    request: str | None = Field(None, description="The id of the request, as in X-Request-ID.")


class RequestInvalid(InputError):
    """This request does not fit: {reason}."""

    hint = "Correct what `errors` lists; the shape of every request is in /openapi.json."


class JsonInvalid(InputError):
    """The body of this request is not JSON: {reason}."""

    hint = "Send a JSON document in UTF-8 with `Content-Type: application/json`."
    http_status = 400


class AddressUnknown(InputError):
    """There is nothing at this address."""

    hint = "The addresses are listed at /docs."
    http_status = 404


class MethodNotAllowed(InputError):
    """This address does not take {method}."""

    hint = "It takes: {allowed}."
    http_status = 405


class RequestRefused(InputError):
    """This request cannot be answered: {reason}."""

    hint = "Check the request against /docs."
    http_status = 400


class InternalError(NoteAIError):
    """A defect of NoteAI stopped this request."""

    hint = "Please report it with its reference."


def problem_of(error: NoteAIError) -> Problem:
    return Problem(
        type=f"urn:noteai:problem:{error.code}",
        title=error.code.replace("_", " ").capitalize(),
        status=error.http_status,
        detail=error.message,
        code=error.code,
        hint=error.remedy,
        field=error.field,
        errors=[_listed(each) for each in error.wrong] or None,
    )


def _listed(error: NoteAIError) -> FieldError:
    return FieldError(field=error.field or "", message=error.message)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    known = problem.model_copy(update={"request": telemetry.bound("request")})
    body = known.model_dump(exclude_none=True)
    waits = (
        {"Retry-After": _RETRY_AFTER} if problem.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    )
    return _Problem(body, problem.status, {**waits, **(headers or {})}, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of `app` answered as a problem."""
    app.add_exception_handler(NoteAIError, _noteai)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Unbroken)


class Unbroken:
    """Answers a defect with a reference, under which the log has its traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def sending(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as bug:
            if has_started:
                raise
            await _broken(scope, bug)(scope, receive, send)


def _broken(scope: Scope, bug: Exception) -> Response:
    reference = uuid4().hex[:12]
    facts = {"reference": reference, "method": scope["method"], "path": scope["path"]}
    telemetry.logger().error("request_broke", exc_info=bug, **facts)
    return answer(problem_of(InternalError()).model_copy(update={"reference": reference}))


async def _noteai(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NoteAIError)
    return answer(problem_of(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return answer(problem_of(AddressUnknown()), headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(sorted(_methods(request)))
        wrong = MethodNotAllowed(method=request.method, allowed=allowed)
        return answer(problem_of(wrong), {**headers, "Allow": allowed})
    refused = problem_of(RequestRefused(reason=error.detail))
    return answer(refused.model_copy(update={"status": error.status_code}), headers)


def _methods(request: Request) -> Iterator[str]:
    """Those that the address of a request takes, by all routes that have it."""
    for method in _METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            yield method


async def _invalid(_request: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    if found[0]["type"] == "json_invalid":
        return answer(problem_of(JsonInvalid(reason=found[0]["ctx"]["error"])))
    errors = [FieldError(field=_place(each["loc"]), message=_plainly(each)) for each in found]
    first = f"`{errors[0].field}` {errors[0].message}"
    invalid = problem_of(RequestInvalid(reason=first))
    return answer(invalid.model_copy(update={"field": errors[0].field, "errors": errors}))


def _place(loc: tuple[int | str, ...]) -> str:
    """`("body", "params", "clips")` is `params.clips`; the body itself is `body`."""
    return ".".join(map(str, loc[1:])) or str(loc[0])


def _plainly(error: Mapping[str, Any]) -> str:
    """Pydantic's message as the end of a sentence that begins with the field."""
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        return "is not a field of this request"
    message = str(error["msg"]).removeprefix("Value error, ")
    if message.startswith(("Input ", "String ", "Value ")):
        message = message.partition(" ")[2]
    return message[:1].lower() + message[1:]


class _Problem(JSONResponse):
    def render(self, content: Any) -> bytes:
        """Half characters, which clients may send in names and JSON cannot hold, are replaced."""
        return super().render(_whole(content))


def _whole(content: Any) -> Any:
    if isinstance(content, str):
        return content.encode("utf-8", "replace").decode()
    if isinstance(content, dict):
        return {key: _whole(each) for key, each in content.items()}
    return [_whole(each) for each in content] if isinstance(content, list) else content
