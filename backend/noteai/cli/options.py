"""What is said on the command line, turned into values or a clear error."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import get_origin

from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from noteai.engine.artifact import Params
from noteai.engine.workflow import Workflow
from noteai.errors import InputError
from noteai.workflows import WORKFLOWS


class FileMissing(InputError):
    """There is no file {path}."""

    hint = "Check the name and the folder."
    exit_status = 10


class IsAFolder(InputError):
    """{path} is a folder, not a recording."""

    hint = "Name the recording in it."
    exit_status = 11


class NotReadable(InputError):
    """The file {path} may not be read."""

    hint = "Give yourself the right to read it, or copy it to a folder of your own."
    exit_status = 34


class UnknownWorkflow(InputError):
    """There is no workflow `{name}`."""

    hint = "There is: {known}."
    exit_status = 35


class UnknownParameter(InputError):
    """There is no parameter `{name}`."""

    hint = "{suggestion}"
    exit_status = 27


class BadParameter(InputError):
    """`{name}` cannot be {value}: {reason}."""

    hint = "See `noteai params` for what it may be."
    exit_status = 36


def recording_file(path: Path) -> Path:
    """Raises: FileMissing, IsAFolder, NotReadable."""
    if not path.exists():
        raise FileMissing(path=path)
    if not path.is_file():
        raise IsAFolder(path=path)
    if not os.access(path, os.R_OK):
        raise NotReadable(path=path)
    return path


def workflow_named(name: str) -> Workflow:
    """Raises: UnknownWorkflow."""
    if name not in WORKFLOWS:
        raise UnknownWorkflow(name=name, known=", ".join(WORKFLOWS))
    return WORKFLOWS[name]


def table_of_params(workflow: Workflow) -> Table:
    """Every parameter of every stage: name, default, limits, meaning."""
    table = Table("parameter", "default", "limits", "meaning", box=None, padding=(0, 2, 0, 0))
    for stage in workflow.stages:
        for name, field in stage.params.model_fields.items():
            limits = ", ".join(map(str, field.metadata))
            row = (f"{stage.name}.{name}", str(field.default), limits, field.description or "")
            table.add_row(*map(escape, row))
    return table


def params_of(workflow: Workflow, settings: Iterable[str]) -> dict[str, Params]:
    """`["segments.max_seconds=90"]` as the params of stages, those that are named alone.

    Raises:
        UnknownParameter, BadParameter, UnknownStage.
    """
    chosen: dict[str, dict[str, str]] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        stage, dot, field = name.strip().partition(".")
        if not (equals and dot):
            raise UnknownParameter(name=each, suggestion="Write STAGE.NAME=VALUE.")
        _known(workflow, stage, field)
        chosen.setdefault(stage, {})[field] = value.strip()
    return {stage: _valid(workflow, stage, values) for stage, values in chosen.items()}


def _known(workflow: Workflow, stage: str, field: str) -> None:
    fields = workflow.stage(stage).params.model_fields
    if field in fields:
        return
    near = difflib.get_close_matches(field, fields, n=1)
    listing = ", ".join(f"{stage}.{each}" for each in fields) or "none"
    asked = f"Did you mean {stage}.{near[0]}?" if near else f"`{stage}` takes: {listing}."
    raise UnknownParameter(name=f"{stage}.{field}", suggestion=asked)


def _valid(workflow: Workflow, stage: str, values: Mapping[str, str]) -> Params:
    params = workflow.stage(stage).params
    given = {
        key: _read(value, params.model_fields[key].annotation) for key, value in values.items()
    }
    try:
        return params.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or next(iter(values))
        reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        raise BadParameter(
            name=f"{stage}.{field}", value=repr(values.get(field, "")), reason=reason
        ) from error


def _read(value: str, kind: object) -> str | list[str] | None:
    """`none` is no value, and where there may be several they stand between commas."""
    if value.lower() == "none":
        return None
    if get_origin(kind) is tuple:
        return [each.strip() for each in value.split(",") if each.strip()]
    return value
