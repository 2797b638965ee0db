"""The pure parts: what an address shows, what a refusal is about."""

import pytest
from pydantic import SecretStr

from noteai.resources.language_model import Terms
from noteai.resources.language_model.openai_compatible import (
    Dialect,
    OpenAiCompatibleModel,
    place,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.openai.com/v1", "api.openai.com/v1"),
        ("http://user:secret@localhost:11434/v1/?key=secret#secret", "localhost:11434/v1"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert place(url) == shown


def test_two_endpoints_are_two_identities() -> None:
    one, other = (
        OpenAiCompatibleModel(Terms(model="m", base_url=url), SecretStr("sk-1"))
        for url in ("http://a/v1", "http://b/v1")
    )
    assert one.identity != other.identity
    assert "sk-1" not in one.identity + repr(one)


@pytest.mark.parametrize("said", ["bad request", "", "model not found"])
def test_a_refusal_about_something_else_changes_nothing(said: str) -> None:
    dialect = Dialect()
    assert not dialect.yields(400, said)
    assert dialect == Dialect()


def test_a_server_error_is_no_refusal() -> None:
    assert not Dialect().yields(500, "response_format")


def test_a_dialect_yields_once_for_each_of_its_points() -> None:
    dialect = Dialect()
    assert dialect.yields(400, "temperature is not supported")
    assert dialect.yields(400, "json_schema is not supported")
    assert not dialect.yields(400, "temperature and schema")
