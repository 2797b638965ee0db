"""Which agents, in a tuple."""

from collections.abc import Mapping

from noteai.engine.workflow import Workflow
from noteai.errors import InputError
from noteai.workflows.highlights import HIGHLIGHTS
from noteai.workflows.topics import TOPICS

__all__ = ["HIGHLIGHTS", "TOPICS", "WORKFLOWS", "UnknownWorkflow", "workflow_named"]

WORKFLOWS = {each.name: each for each in (HIGHLIGHTS,)}
"""Those that start from an upload, by name."""


class UnknownWorkflow(InputError):
    """There is no workflow `{name}`."""

    hint = "There is: {known}."
    exit_status = 35
    field = "workflow"


def workflow_named(name: str, workflows: Mapping[str, Workflow] = WORKFLOWS) -> Workflow:
    """Raises: UnknownWorkflow."""
    if name not in workflows:
        raise UnknownWorkflow(name=name, known=", ".join(workflows))
    return workflows[name]
