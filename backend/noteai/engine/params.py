"""What a user sets of stages, turned into their `Params` or a clear error."""

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from noteai.engine.artifact import Params
from noteai.engine.workflow import Workflow
from noteai.errors import InputError, about


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

    Raises:
        UnknownStage, UnknownParameter, BadParameter
    """
    return {stage: _valid(workflow, stage, values) for stage, values in chosen.items()}


def check_name(workflow: Workflow, stage: str, name: str) -> None:
    """Raises: UnknownStage, UnknownParameter."""
    with about(f"params.{stage}"):
        fields = workflow.stage(stage).params.model_fields
    if name in fields:
        return
    near = difflib.get_close_matches(name, fields, n=1)
    listing = ", ".join(f"{stage}.{each}" for each in fields) or "none"
    asked = f"Did you mean {stage}.{near[0]}?" if near else f"`{stage}` takes: {listing}."
    with about(f"params.{stage}.{name}"):
        raise UnknownParameter(name=f"{stage}.{name}", suggestion=asked)


def _valid(workflow: Workflow, stage: str, values: Mapping[str, Any]) -> Params:
    with about(f"params.{stage}"):
        params = workflow.stage(stage).params
    for name in values:
        check_name(workflow, stage, name)
    try:
        return params.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
    name = ".".join(map(str, first["loc"])) or next(iter(values))
    value = repr(values.get(str(first["loc"][0]), "") if first["loc"] else values)
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    with about(f"params.{stage}.{name}"):
        raise BadParameter(name=f"{stage}.{name}", value=_short(value), reason=reason)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
