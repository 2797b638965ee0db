"""What is said on the command line, turned into values or a clear error."""

from collections.abc import Iterable
from typing import Any, get_origin

from rich.markup import escape
from rich.table import Table

from noteai.engine import params
from noteai.engine.artifact import Params
from noteai.engine.params import UnknownParameter, check_name
from noteai.engine.workflow import Workflow


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
