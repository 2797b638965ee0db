"""One run from the command line, from the file to the folder."""

import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from noteai import bootstrap
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.bootstrap import Services
from noteai.cli.empty import EMPTY_STATUS
from noteai.cli.options import params_of
from noteai.cli.progress import Form, Unheard, showing
from noteai.engine.artifact import Artifact
from noteai.engine.events import Failure
from noteai.engine.local import run_locally
from noteai.engine.outcome import Outcome
from noteai.engine.run import Run, World, artifact, failure_of
from noteai.engine.workflow import Workflow
from noteai.errors import InputError
from noteai.export import Finished, check_writable, write
from noteai.lecture.captions import read_captions
from noteai.lecture.clips import ClipSet
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording, Upload
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.settings import Settings

Made = TypeVar("Made", bound=Artifact)


class NoSpeech(InputError):
    """Nobody speaks in this recording."""

    hint = "Check that the right microphone was recorded; what was found is in the folder."
    exit_status = 18


@dataclass(frozen=True)
class Order:
    """What the user asked for."""

    workflow: Workflow
    file: Path
    out: Path
    without: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    captions: Path | None = None


@dataclass(frozen=True)
class Delivery:
    """What came of it. `page` is None where the recording itself was refused."""

    outcome: Outcome
    finished: Finished | None
    page: Path | None

    @property
    def refusal(self) -> Failure | None:
        """Why there are no clips, where that is somebody's fault and not the lecture's."""
        if self.outcome.state == "failed":
            return self.outcome.cause
        if self.outcome.state == "completed_empty" and self._is_without_speech:
            return failure_of(NoSpeech())
        return None

    @property
    def exit_status(self) -> int:
        if self.refusal:
            return self.refusal.exit_status
        return {"completed": 0, "completed_empty": EMPTY_STATUS, "failed": 1}[self.outcome.state]

    @property
    def _is_without_speech(self) -> bool:
        transcript = self.finished.transcript if self.finished else None
        return transcript is not None and not transcript.words


def carry_out(order: Order, settings: Settings, form: Form, console: Console) -> Delivery:
    """Run, and write the folder.

    Raises:
        InputError: what was asked cannot be done; nothing was written.
        Cancelled: the run was stopped; what was finished stays in the cache.
    """
    workflow = _shaped(order)
    params = params_of(workflow, order.settings)
    for folder in (order.out, settings.cache_dir):
        check_writable(folder)
    with bootstrap.opened(settings) as services:
        run = Run(uuid.uuid4().hex, workflow, _given(order, services), params)
        return _deliver(run, order, services, form, console)


def _shaped(order: Order) -> Workflow:
    workflow = order.workflow.given_also(Transcript) if order.captions else order.workflow
    return workflow.without(order.without)


def _given(order: Order, services: Services) -> dict[type[Artifact], Artifact]:
    given: dict[type[Artifact], Artifact] = {}
    if order.captions:
        given[Transcript] = read_captions(order.captions)
    given[Upload] = Upload(file=services.store.adopt(order.file, "application/octet-stream"))
    return given


def _deliver(run: Run, order: Order, services: Services, form: Form, console: Console) -> Delivery:
    world = services.world(MemoryLedger(), Unheard())
    with showing(form, console, run.workflow.names, lambda: duration(run, world)) as display:
        outcome = run_locally(run, replace(world, events=display))
    finished = _finished(run, world, order, outcome)
    if finished is None:
        return Delivery(outcome, None, None)
    page = write(order.out, finished, services.store.path, services.ffmpeg)
    return Delivery(outcome, finished, page)


def duration(run: Run, world: World) -> float | None:
    """Seconds of the recording, once they are known."""
    found = _made(run, world, Recording)
    return found.duration if found else None


def _finished(run: Run, world: World, order: Order, outcome: Outcome) -> Finished | None:
    recording = _made(run, world, Recording)
    if recording is None:
        return None
    records = world.ledger.records(run.id).values()
    return Finished(
        title=order.file.stem,
        recording=recording,
        state=outcome.state,
        silence=_made(run, world, SilenceMap),
        transcript=_made(run, world, Transcript),
        layout=_made(run, world, LayoutTimeline),
        content=_made(run, world, ContentAnalysis),
        highlights=_made(run, world, HighlightPlan),
        clips=_made(run, world, ClipSet),
        manifests=[
            each.manifest.model_dump(mode="json", exclude={"output"})
            for each in records
            if each.manifest
        ],
        warnings=outcome.warnings,
        source=order.file.resolve(),
    )


def _made(run: Run, world: World, kind: type[Made]) -> Made | None:
    found = artifact(run, world, kind)
    return found if isinstance(found, kind) else None
