"""OpenAI, and every endpoint that speaks its chat protocol: Ollama, vLLM, llama.cpp, gateways."""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError

from noteai.resources.language_model.account import Account
from noteai.resources.language_model.dialogue import Dialogue
from noteai.resources.language_model.port import Answer, Form, Terms, Usage
from noteai.resources.language_model.wire import (
    Busy,
    Refused,
    Reply,
    Request,
    failure,
    retry_after,
    without,
)

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"
_QUOTA = "insufficient_quota"
_REFUSALS = frozenset([400, 404, 415, 422, 501])
_ROLES = {"user": "user", "model": "assistant"}


@dataclass
class Dialect:
    """What the endpoint was found to understand; it learns from refusals."""

    schema: bool = True
    """`json_schema` as response format, else `json_object` with the schema in the text."""
    temperature: bool = True
    """Models that think take none."""

    def yields(self, status: int, said: str) -> bool:
        """Whether a refusal was about one of these, which is not used from now on."""
        if status not in _REFUSALS:
            return False
        if self.temperature and "temperature" in said:
            self.temperature = False
            return True
        if self.schema and any(word in said for word in ("response_format", "schema")):
            self.schema = False
            return True
        return False


@dataclass(frozen=True)
class OpenAiCompatibleModel:
    """A resource: a model behind an OpenAI-compatible endpoint; local ones need no key."""

    terms: Terms
    key: SecretStr | None = field(default=None, repr=False)
    account: Account = field(default_factory=Account, compare=False)
    dialect: Dialect = field(default_factory=Dialect, compare=False)

    @property
    def name(self) -> str:
        return f"openai {self.terms.model}" if self._is_openai else f"local {self.terms.model}"

    @property
    def identity(self) -> str:
        chosen = self.terms
        return (
            f"openai-compatible {chosen.model} at {place(self._base_url)} "
            f"temperature={chosen.temperature:g} context={chosen.context} "
            f"max_output={chosen.max_output}"
        )

    @property
    def spent(self) -> Usage:
        return self.account.spent

    def for_run(self) -> "OpenAiCompatibleModel":
        """The same model with an account of its own, at nothing spent."""
        return replace(self, account=Account(towards=self.account))

    def answer(self, instructions: str, data: str, schema: type[Form]) -> Answer[Form]:
        """Raises: as `LanguageModel.answer`."""
        dialogue = Dialogue(self.name, self.terms, self._send, self.account)
        return dialogue.hold(instructions, data, schema)

    @property
    def _base_url(self) -> str:
        return self.terms.base_url or OPENAI

    @property
    def _is_openai(self) -> bool:
        return urlsplit(self._base_url).hostname == urlsplit(OPENAI).hostname

    @cached_property
    def _client(self) -> "OpenAI":
        from openai import OpenAI

        return OpenAI(
            api_key=self.key.get_secret_value() if self.key else NO_KEY,
            base_url=self._base_url,
            timeout=self.terms.request_seconds,
            max_retries=0,
        )

    def _send(self, request: Request) -> Reply:
        from openai import APIConnectionError, APIStatusError

        try:
            raw = self._client.chat.completions.with_raw_response.create(**self._body(request))
        except APIStatusError as fault:
            if self.dialect.yields(fault.status_code, fault.response.text):
                return self._send(request)
            raise self._failure(fault) from None
        except APIConnectionError as fault:
            raise Busy(f"no answer, {type(fault).__name__}", sent=True) from None
        return read_reply(raw.content)

    def _body(self, request: Request) -> dict[str, Any]:
        # OpenAI's newer models refuse max_tokens, Ollama knows nothing else.
        limit = "max_completion_tokens" if self._is_openai else "max_tokens"
        body = {
            "model": self.terms.model,
            "messages": messages(request, schema_in_text=not self.dialect.schema),
            "response_format": response_format(request, strict=self.dialect.schema),
            limit: self.terms.max_output,
        }
        warmth = {"temperature": self.terms.temperature} if self.dialect.temperature else {}
        return body | warmth

    def _failure(self, fault: "APIStatusError") -> Busy | Refused:
        if fault.code == _QUOTA:
            return Refused(f"status {fault.status_code}, the account's quota is used up")
        reason = without(self.key, fault.message)
        return failure(fault.status_code, reason, retry_after(fault.response.headers))


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Used(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(BaseModel):
    """The parts of a chat completion that are read."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Used | None = None


def read_reply(body: bytes) -> Reply:
    """The text and tokens of a chat completion.

    Raises:
        Busy: this is none.
        Refused: the model would not answer.
    """
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        raise Busy("an unreadable answer", sent=True) from None
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise Refused(f"the answer was withheld, {choice.message.refusal or 'content filter'}")
    used = completion.usage or _Used()
    return Reply(
        text=choice.message.content or "",
        tokens_in=used.prompt_tokens,
        tokens_out=used.completion_tokens,
        cut=choice.finish_reason == "length",
    )


def messages(request: Request, *, schema_in_text: bool) -> list[dict[str, str]]:
    form = f"\n\nThe JSON schema of the answer:\n{json.dumps(request.schema)}"
    system = request.instructions + (form if schema_in_text else "")
    said = [{"role": _ROLES[turn.role], "content": turn.text} for turn in request.turns]
    return [{"role": "system", "content": system}, *said]


def response_format(request: Request, *, strict: bool) -> dict[str, Any]:
    if not strict:
        return {"type": "json_object"}
    form = {"name": "answer", "schema": request.schema, "strict": True}
    return {"type": "json_schema", "json_schema": form}


def place(url: str) -> str:
    """Host, port and path of an address, without the secrets that others may hold."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}{parts.path.rstrip('/')}"
