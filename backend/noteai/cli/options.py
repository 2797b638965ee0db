"""What is said on the command line, turned into values or a clear error."""

from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from rich.markup import escape
from rich.table import Table

from noteai.engine import params
from noteai.engine.artifact import Params
from noteai.engine.params import UnknownParameter, check_name
from noteai.engine.workflow import Workflow

_BOUNDS = (("ge", ""), ("gt", "above "), ("le", "to "), ("lt", "below "))


def table_of_params(workflow: Workflow) -> Table:
    """Every parameter of every stage: name, default, limits, meaning."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("parameter", no_wrap=True)
    for heading in ("default", "limits", "meaning"):
        table.add_column(heading)
    for stage in workflow.stages:
        for name, field in stage.params.model_fields.items():
            row = (f"{stage.name}.{name}", _written(field.default), limits(field))
            table.add_row(*map(escape, row), escape(field.description or ""))
    return table


def limits(field: FieldInfo) -> str:
    """`3 to 600`, or the choices that there are; empty where anything may be said."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(map(str, get_args(field.annotation)))
    if field.annotation is bool:
        return "true, false"
    parts = (_bound(field, *each) for each in _BOUNDS)
    return " ".join(part for part in parts if part)


def _bound(field: FieldInfo, kind: str, before: str) -> str:
    found = (getattr(each, kind, None) for each in field.metadata)
    return next((f"{before}{value:.12g}" for value in found if value is not None), "")


def _written(default: object) -> str:
    """As it is said after `--set`."""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return str(default) if isinstance(default, str | float) else str(default).lower()


def params_of(workflow: Workflow, settings: Iterable[str]) -> dict[str, Params]:
    """`["segments.max_seconds=90"]` as the params of stages, those that are named alone.

    Raises:
        UnknownParameter, BadParameter, UnknownStage.
    """
    chosen: dict[str, dict[str, Any]] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        stage, dot, field = name.strip().partition(".")
        if not (equals and dot):
            raise UnknownParameter(name=each, suggestion="Write STAGE.NAME=VALUE.")
        check_name(workflow, stage, field)
        kind = workflow.stage(stage).params.model_fields[field].annotation
        chosen.setdefault(stage, {})[field] = _read(value.strip(), kind)
    return params.params_of(workflow, chosen)


def _read(value: str, kind: object) -> str | list[str] | None:
    """`none` is no value, and where there may be several they stand between commas."""
    if value.lower() == "none":
        return None
    if get_origin(kind) is tuple:
        return [each.strip() for each in value.split(",") if each.strip()]
    return value
