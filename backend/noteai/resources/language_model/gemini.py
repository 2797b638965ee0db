"""Gemini, through google-genai."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

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
    from google import genai
    from google.genai import errors, types

API_VERSION = "v1beta"
"""Serves every model, previews and aliases included; what the package would choose has changed."""
_CUT = "MAX_TOKENS"
_WHOLE = frozenset(["STOP", "FINISH_REASON_UNSPECIFIED"])


@dataclass(frozen=True)
class GeminiModel:
    """A resource: a model of the Gemini API. The client is made when first asked."""

    terms: Terms
    key: SecretStr = field(repr=False)
    account: Account = field(default_factory=Account, compare=False)

    @property
    def name(self) -> str:
        return f"gemini {self.terms.model}"

    @property
    def identity(self) -> str:
        chosen = self.terms
        return (
            f"{self.name} temperature={chosen.temperature:g} context={chosen.context} "
            f"max_output={chosen.max_output}"
        )

    @property
    def spent(self) -> Usage:
        return self.account.spent

    def for_run(self) -> "GeminiModel":
        """The same model with an account of its own, at nothing spent."""
        return replace(self, account=Account(towards=self.account))

    def answer(self, instructions: str, data: str, schema: type[Form]) -> Answer[Form]:
        """Raises: as `LanguageModel.answer`."""
        dialogue = Dialogue(self.name, self.terms, self._send, self.account)
        return dialogue.hold(instructions, data, schema)

    @cached_property
    def _client(self) -> "genai.Client":
        from google import genai
        from google.genai import types

        options = types.HttpOptions(
            base_url=self.terms.base_url,
            api_version=API_VERSION,
            timeout=int(self.terms.request_seconds * 1000),
        )
        key = self.key.get_secret_value()
        return genai.Client(vertexai=False, api_key=key, http_options=options)

    def _send(self, request: Request) -> Reply:
        from google.genai import errors

        try:
            response = self._client.models.generate_content(
                model=self.terms.model,
                contents=_contents(request),
                config=_config(request, self.terms),
            )
        except errors.APIError as fault:
            raise self._failure(fault) from None
        except _transport_faults() as fault:
            raise Busy(f"no answer, {type(fault).__name__}", sent=True) from None
        except (ValidationError, JSONDecodeError, errors.UnknownApiResponseError) as fault:
            raise Busy(f"an unreadable answer, {type(fault).__name__}", sent=True) from None
        return read_reply(response)

    def _failure(self, fault: "errors.APIError") -> Busy | Refused:
        headers: Mapping[str, str] = getattr(fault.response, "headers", None) or {}
        wait = retry_after(headers)
        reason = without(self.key, f"{fault.status or ''} {fault.message or ''}".strip())
        return failure(fault.code, reason, _retry_info(fault.details) if wait is None else wait)


def read_reply(response: "types.GenerateContentResponse") -> Reply:
    """The text and tokens of a response.

    Raises:
        Refused: the prompt or the answer was blocked.
    """
    candidate = next(iter(response.candidates or ()), None)
    if candidate is None:
        blocked = response.prompt_feedback and response.prompt_feedback.block_reason
        raise Refused(f"no candidate, {_word(blocked) or 'no reason given'}")
    ended = _word(candidate.finish_reason)
    if ended and ended != _CUT and ended not in _WHOLE:
        raise Refused(f"the answer was withheld, {ended}")
    parts = (candidate.content and candidate.content.parts) or ()
    used = response.usage_metadata
    return Reply(
        text="".join(part.text for part in parts if part.text and not part.thought),
        tokens_in=used.prompt_token_count if used else None,
        tokens_out=_written(used) if used else None,
        cut=ended == _CUT,
    )


def _written(used: "types.GenerateContentResponseUsageMetadata") -> int | None:
    """Thoughts are charged as output."""
    return (used.candidates_token_count or 0) + (used.thoughts_token_count or 0) or None


def _contents(request: Request) -> "list[types.Content]":
    from google.genai import types

    return [
        types.Content(role=turn.role, parts=[types.Part(text=turn.text)]) for turn in request.turns
    ]


def _config(request: Request, terms: Terms) -> "types.GenerateContentConfig":
    from google.genai import types

    return types.GenerateContentConfig(
        system_instruction=request.instructions,
        temperature=terms.temperature,
        max_output_tokens=terms.max_output,
        candidate_count=1,
        response_mime_type="application/json",
        response_json_schema=request.schema,
    )


def _retry_info(details: Any) -> float | None:
    """Seconds of a google.rpc.RetryInfo, by which Gemini says when its quota allows more."""
    found = re.search(r"'retryDelay': '(\d+(?:\.\d+)?)s'", str(details))
    return float(found.group(1)) if found else None


def _transport_faults() -> tuple[type[Exception], ...]:
    """google-genai speaks through httpx2 or httpx and lets their errors through."""
    names = [name for name in ("httpx2", "httpx") if name in sys.modules]
    return tuple(sys.modules[name].HTTPError for name in names)


def _word(value: Any) -> str:
    return str(getattr(value, "value", value) or "")
