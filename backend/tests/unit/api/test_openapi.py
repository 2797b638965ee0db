"""What the API says of itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from noteai.api.app import create_app
from noteai.api.services import ApiServices
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.uploads.service import Intake, Limits

_METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Nothing is asked of the services: a door that was never opened."""
    nothing: Any = None
    intake = Intake(nothing, nothing, Limits(1, 1, 1, 1), nothing)
    database = Database("postgresql+psycopg2://nobody@127.0.0.1:9/nothing")
    services = ApiServices(database, Journal(nothing), nothing, intake, "redis://127.0.0.1:9")
    return create_app(services).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def contents(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                yield f"{name} {status}", media_type, content


def examples(content: dict[str, Any]) -> list[Any]:
    named = [each["value"] for each in content.get("examples", {}).values()]
    return [*named, *([content["example"]] if "example" in content else [])]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named - set(schemas) == set()


def test_every_answer_has_an_example(document: dict[str, Any]) -> None:
    lacking = [where for where, _, content in contents(document) if not examples(content)]
    assert lacking == []


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    for where, media_type, content in contents(document):
        if not media_type.endswith("json") or not content.get("schema"):
            continue
        schema = {**content["schema"], "components": document["components"]}
        for example in examples(content):
            errors = list(Draft202012Validator(schema).iter_errors(example))
            assert not errors, (where, errors[0].message)


def test_every_operation_has_a_name_of_its_own_and_a_tag(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(operation["tags"] for _, operation in operations(document))


def test_every_operation_says_that_it_may_be_unavailable(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if name.startswith(("GET /health", "GET /api/v1/workflows")):
            continue
        assert {"500", "503"} <= set(operation["responses"]), name


def test_every_request_refuses_fields_that_it_does_not_know(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            for each in (schema, *schema.get("anyOf", ())):
                kind = each.get("$ref", "").rpartition("/")[2]
                found = document["components"]["schemas"][kind] if kind else each
                assert found.get("type") != "object" or not found.get(
                    "additionalProperties", True
                ), name
