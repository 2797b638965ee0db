"""From instructions and data to an answer in the right form: retries, repair, the account."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
)

from noteai import metrics, telemetry, tracing
from noteai.resources.language_model.account import Account
from noteai.resources.language_model.port import (
    Answer,
    Form,
    LanguageModelFailed,
    Terms,
    Usage,
    estimated_tokens,
)
from noteai.resources.language_model.wire import Busy, Refused, Reply, Request, Turn, Wire

LONGEST_WAIT = 60.0
REPAIRS = 1
LISTED_FAULTS = 10
REASON_LENGTH = 300
REPEATED_LENGTH = 2000
_NOTHING = "(nothing)"
_NONE = Usage()


@dataclass(frozen=True)
class Dialogue:
    """One model, reached by a provider's `wire`, asked under `terms`."""

    name: str
    terms: Terms
    wire: Wire
    account: Account
    sleep: Callable[[float], None] = time.sleep

    def hold(self, instructions: str, data: str, schema: type[Form]) -> Answer[Form]:
        """Raises: as `LanguageModel.answer`."""
        request = Request(instructions, (Turn("user", data),), schema.model_json_schema())
        usage = Usage()
        for _ in range(1 + REPAIRS):
            reply, used = self._ask(request)
            usage += used
            try:
                return Answer(schema.model_validate_json(json_of(reply)), usage)
            except ValueError as fault:
                request = _asking_for_repair(request, reply, fault)
                telemetry.logger().info(
                    "language_model_misspoke", model=self.name, faults=_said(fault)
                )
        raise self._failed("its answer did not have the form asked for")

    def _ask(self, request: Request) -> tuple[Reply, Usage]:
        try:
            return self._retrying()(self._send, request)
        except (Busy, Refused) as fault:
            raise self._failed(str(fault)) from None

    def _send(self, request: Request) -> tuple[Reply, Usage]:
        provider, _, model = self.name.partition(" ")
        with tracing.span("model call", provider=provider, model=model):
            reply, usage = self._send_once(request)
            tracing.tell(**usage.model_dump(exclude={"answers"}))
        return reply, usage

    def _send_once(self, request: Request) -> tuple[Reply, Usage]:
        started = time.monotonic()
        estimate = request_tokens(request)
        planned = self.account.reserve(self.terms, estimate)
        try:
            reply = self.wire(request)
        except Busy as fault:
            self._count("busy")
            if not fault.sent:
                self.account.release(planned)
            raise
        except Refused:
            self._count("refused")
            self.account.release(planned)
            raise
        usage = self._usage(reply, estimate)
        self.account.settle(planned, usage)
        self._count("answered", usage)
        telemetry.logger().info(
            "language_model_answered",
            model=self.name,
            seconds=round(time.monotonic() - started, 3),
            **usage.model_dump(exclude={"answers"}),
        )
        return reply, usage

    def _count(self, outcome: str, usage: Usage = _NONE) -> None:
        provider, _, model = self.name.partition(" ")
        labels = {"provider": provider, "model": model}
        metrics.add("noteai_model_calls_total", **labels, outcome=outcome)
        metrics.add("noteai_model_tokens_total", usage.tokens_in, **labels, direction="in")
        metrics.add("noteai_model_tokens_total", usage.tokens_out, **labels, direction="out")
        metrics.add("noteai_model_cost_usd_total", usage.cost or 0.0, **labels)

    def _usage(self, reply: Reply, estimate: int) -> Usage:
        took = estimate if reply.tokens_in is None else reply.tokens_in
        gave = estimated_tokens(reply.text) if reply.tokens_out is None else reply.tokens_out
        cost = self.terms.price.of(took, gave) if self.terms.price else None
        return Usage(answers=1, tokens_in=took, tokens_out=gave, cost=cost)

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(Busy),
            stop=stop_after_attempt(self.terms.attempts)
            | stop_before_delay(self.terms.total_seconds),
            wait=self._wait,
            before_sleep=self._note,
            sleep=self.sleep,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        """What the provider asked for, or the doubled wait; up to half as much on top.

        The added part is by chance, so that many callers do not come back at once.
        """
        backoff = min(LONGEST_WAIT, self.terms.first_wait * 2.0 ** (state.attempt_number - 1))
        asked = getattr(_fault(state), "wait", None)
        wait = backoff if asked is None else asked
        return float(wait + random.uniform(0.0, backoff / 2))  # noqa: S311  # no secret

    def _note(self, state: RetryCallState) -> None:
        telemetry.logger().warning(
            "language_model_retried",
            model=self.name,
            attempt=state.attempt_number,
            wait=round(state.upcoming_sleep, 3),
            reason=_short(str(_fault(state))),
        )

    def _failed(self, reason: str) -> LanguageModelFailed:
        return LanguageModelFailed(model=self.name, reason=_short(reason))


def json_of(reply: Reply) -> str:
    """The outermost object of an answer, without the fences and thoughts that some put around it.

    Raises:
        ValueError: there is none, or the answer was cut off.
    """
    if reply.cut:
        raise ValueError("the answer was cut off at its longest: answer with less")
    text = reply.text.rpartition("</think>")[2]
    start, end = text.find("{"), text.rfind("}")
    if not 0 <= start < end:
        raise ValueError("the answer holds no JSON object")
    return text[start : end + 1]


def request_tokens(request: Request) -> int:
    """Estimated tokens of a request, its schema included."""
    said = sum(estimated_tokens(turn.text) for turn in request.turns)
    return (
        said + estimated_tokens(request.instructions) + estimated_tokens(json.dumps(request.schema))
    )


def _asking_for_repair(request: Request, reply: Reply, fault: Exception) -> Request:
    again = (
        f"That answer cannot be used: {_said(fault)}. Answer the same again, as one JSON object "
        f"of this schema and nothing else: {json.dumps(request.schema)}"
    )
    before = reply.text[:REPEATED_LENGTH].strip() or _NOTHING
    return request._replace(turns=(*request.turns, Turn("model", before), Turn("user", again)))


def _said(fault: Exception) -> str:
    if not isinstance(fault, ValidationError):
        return str(fault)
    listed = fault.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(_placed(each) for each in listed[:LISTED_FAULTS])


def _placed(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"]) or "the answer"
    return f"{place}: {fault['msg']}"


def _fault(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= REASON_LENGTH else f"{line[:REASON_LENGTH]}…"
