"""Which agents, in a tuple."""

from collections.abc import Mapping

from noteai.engine.workflow import Workflow
from noteai.errors import InputError
from noteai.lecture.recording import Upload
from noteai.workflows.clip import CLIP
from noteai.workflows.highlights import HIGHLIGHTS
from noteai.workflows.topics import TOPICS

__all__ = [
    "CLIP",
    "HIGHLIGHTS",
    "TOPICS",
    "WORKFLOWS",
    "UnknownWorkflow",
    "from_uploads",
    "workflow_named",
]

WORKFLOWS = {each.name: each for each in (HIGHLIGHTS, CLIP)}
"""Those that jobs are made of, by name."""


class UnknownWorkflow(InputError):
    """There is no workflow `{name}`."""

    hint = "There is: {known}."
    exit_status = 35
    field = "workflow"


def from_uploads(workflows: Mapping[str, Workflow] = WORKFLOWS) -> Mapping[str, Workflow]:
    """Those that need nothing but an upload to begin with: what people can ask for."""
    return {name: each for name, each in workflows.items() if each.given == (Upload,)}


def workflow_named(name: str, workflows: Mapping[str, Workflow] | None = None) -> Workflow:
    """Of those that start from an upload, unless others are given. Raises: UnknownWorkflow."""
    known = from_uploads() if workflows is None else workflows
    if name not in known:
        raise UnknownWorkflow(name=name, known=", ".join(known))
    return known[name]
