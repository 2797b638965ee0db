"""The OpenAPI document: what every operation may answer, with examples."""

import copy
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from noteai.api.errors import (
    MEDIA_TYPE,
    InternalError,
    JsonInvalid,
    Problem,
    RequestInvalid,
    problem_of,
)
from noteai.api.limits import LARGEST, BodyTooLarge, NulCharacter
from noteai.database import DatabaseUnavailable
from noteai.errors import NoteAIError

DESCRIPTION = """\
Turns a lecture recording into the passages worth seeing again: upload it, submit a job, watch
its progress, fetch its clips. Every error is a problem of RFC 9457 with a stable `code`."""
TAGS = [
    {"name": "uploads", "description": "Recordings on their way in."},
    {"name": "jobs", "description": "What is made of a recording, and how far it is."},
    {"name": "results", "description": "Clips, transcript, chapters, slides."},
    {"name": "live", "description": "Progress as it happens."},
    {"name": "webhooks", "description": "Progress told to other servers."},
    {"name": "health", "description": "For whoever runs the service."},
]
Responses = dict[int | str, dict[str, Any]]
_METHODS = {"get", "put", "post", "patch", "delete"}


def problems(*errors: NoteAIError) -> Responses:
    """The `responses` of a route that may raise these; what any route may is added by itself."""
    found: Responses = {}
    for error in errors:
        status = HTTPStatus(error.http_status)
        content = found.setdefault(
            status.value, {"description": status.phrase, "content": _content()}
        )["content"]
        example = problem_of(error).model_dump(exclude_none=True)
        content[MEDIA_TYPE]["examples"][error.code] = {"value": example}
    return found


def install(app: FastAPI) -> None:
    app.openapi = _once(lambda: _document(app))  # type: ignore[method-assign]


def _once(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    made: list[dict[str, Any]] = []

    def document() -> dict[str, Any]:
        if not made:
            made.append(make())
        return made[0]

    return document


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        tags=app.openapi_tags,
        routes=app.routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for schema in schemas.values():
        schema["examples"] = [_whole(each, schema, schemas) for each in schema.get("examples", ())]
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                _complete(operation, schemas)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _complete(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    answers = operation["responses"]
    _drop_default(answers)
    for status, wanted in problems(*_always(operation)).items():
        there = answers.setdefault(str(status), copy.deepcopy(wanted))
        examples = there.setdefault("content", _content()).setdefault(
            MEDIA_TYPE, _content()[MEDIA_TYPE]
        )
        examples.setdefault("examples", {}).update(wanted["content"][MEDIA_TYPE]["examples"])
    for each in answers.values():
        _show(each, schemas)


def _drop_default(answers: dict[str, Any]) -> None:
    """FastAPI's own word for requests that do not fit."""
    content = answers.get("422", {}).get("content", {})
    content.pop("application/json", None)


def _always(operation: dict[str, Any]) -> Iterable[NoteAIError]:
    """What an operation may answer whatever it does."""
    yield InternalError()
    yield DatabaseUnavailable()
    yield NulCharacter()
    if "requestBody" in operation:
        yield BodyTooLarge(limit=LARGEST)
        yield JsonInvalid(reason="Expecting value")
    if "requestBody" in operation or operation.get("parameters"):
        yield RequestInvalid(reason="`limit` should be less than or equal to 100")


def _whole(example: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """With the nulls, which FastAPI takes out of examples."""
    if "$ref" in schema:
        return _whole(example, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if example is not None and len(choices) == 1:
        return _whole(example, choices[0], schemas)
    if isinstance(example, list) and "items" in schema:
        return [_whole(each, schema["items"], schemas) for each in example]
    if not isinstance(example, dict):
        return example
    kinds = schema.get("properties", {})
    given = {name: _whole(each, kinds.get(name, {}), schemas) for name, each in example.items()}
    return dict.fromkeys(schema.get("required", ())) | given


def _show(answer: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Show the example of the model where an answer has none of its own."""
    content = answer.get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    examples = schemas.get(name, {}).get("examples")
    if examples and not {"example", "examples"} & content.keys():
        content["example"] = examples[0]


def _content() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {MEDIA_TYPE: {"schema": schema, "examples": {}}}
