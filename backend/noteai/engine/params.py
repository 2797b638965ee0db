"""What a user sets of stages, turned into their `Params` or a clear error."""

import difflib
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from noteai.engine.artifact import Params
from noteai.engine.workflow import Workflow
from noteai.errors import InputError, NoteAIError, about

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_MOST = 100
"""Errors that are told of one request."""


class UnknownParameter(InputError):
    """There is no parameter `{name}`."""

    hint = "{suggestion}"
    exit_status = 27


class BadParameter(InputError):
    """`{name}` cannot be {value}: {reason}."""

    hint = "See `noteai params`, or /api/v1/workflows of the service, for what it may be."
    exit_status = 36


Chosen = Mapping[str, Mapping[str, Any]]
"""By stage, the values of its parameters as JSON has them."""


def params_of(workflow: Workflow, chosen: Chosen) -> dict[str, Params]:
    """The params of the stages that are named; an error's `field` is `params.STAGE.NAME`.

    The first error is raised, and has all of them in `wrong`.

    Raises:
        UnknownStage, UnknownParameter, BadParameter
    """
    judged = {stage: _judged(workflow, stage, values) for stage, values in chosen.items()}
    wrong = [each for each in judged.values() if not isinstance(each, Params)]
    errors = tuple(islice((error for some in wrong for error in some), _MOST))
    if errors:
        errors[0].wrong = errors
        raise errors[0]
    return {stage: each for stage, each in judged.items() if isinstance(each, Params)}


def check_name(workflow: Workflow, stage: str, name: str) -> None:
    """Raises: UnknownStage, UnknownParameter."""
    with about(f"params.{stage}"):
        unknown = _unknown(stage, workflow.stage(stage).params, name)
    if unknown:
        raise unknown


def _judged(
    workflow: Workflow, stage: str, values: Mapping[str, Any]
) -> Params | list[NoteAIError]:
    """The params, or all that is wrong with them."""
    try:
        with about(f"params.{stage}"):
            params = workflow.stage(stage).params
    except NoteAIError as error:
        return [error]
    unknown = [each for name in values if (each := _unknown(stage, params, name))]
    known = {name: value for name, value in values.items() if name in params.model_fields}
    try:
        found = params.model_validate(known)
    except ValidationError as error:
        bad = [_bad(stage, values, each) for each in error.errors()]
        return [*unknown, *bad]
    return list(unknown) if unknown else found


def _unknown(stage: str, params: type[Params], name: str) -> UnknownParameter | None:
    fields = params.model_fields
    if name in fields:
        return None
    near = difflib.get_close_matches(name, fields, n=1)
    listing = ", ".join(f"{stage}.{each}" for each in fields) or "none"
    asked = f"Did you mean {stage}.{near[0]}?" if near else f"`{stage}` takes: {listing}."
    error = UnknownParameter(name=f"{stage}.{name}", suggestion=asked)
    error.field = f"params.{stage}.{name}"
    return error


def _bad(stage: str, values: Mapping[str, Any], found: "ErrorDetails") -> BadParameter:
    place = found["loc"]
    name = ".".join(map(str, place)) or next(iter(values))
    value = repr(values.get(str(place[0]), "") if place else values)
    reason = found["msg"].removeprefix("Value error, ").removeprefix("Input ")
    error = BadParameter(name=f"{stage}.{name}", value=_short(value), reason=reason)
    error.field = f"params.{stage}.{name}"
    return error


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
