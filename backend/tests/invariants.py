"""What holds of every job however its workers died: asked after each fault, here and in the bench.

Each check says everything that is wrong, in words; nothing where every promise was kept.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload, undefer

from noteai.adapters.s3_store import S3Store
from noteai.database import Database
from noteai.engine.artifact import FileRef
from noteai.engine.workflow import Workflow
from noteai.jobs.models import ENDED, TERMINAL, EventRow, JobRow, OutboxRow, StageRow
from noteai.uploads.models import UploadRow

Workflows = Mapping[str, Workflow]
_WHOLE = ("completed", "completed_empty")
_NONE: Workflows = {}


def check(database: Database, workflows: Workflows = _NONE) -> list[str]:
    """Of the rows; the order of stages, too, where their workflow is known."""
    with database.transaction() as session:
        jobs = session.scalars(select(JobRow).options(selectinload(JobRow.stages))).all()
        events = session.scalars(select(EventRow).order_by(EventRow.job_id, EventRow.seq)).all()
        unsent = session.scalar(select(func.count()).select_from(OutboxRow))
    wrong = [f"{unsent} wake-ups were never sent"] if unsent else []
    told: dict[UUID, list[EventRow]] = {}
    for each in events:
        told.setdefault(each.job_id, []).append(each)
    for job in jobs:
        own = told.get(job.id, [])
        said = (
            *_of_the_job(job),
            *_of_its_stages(job, own),
            *_of_its_events(job, own),
            *_of_its_order(own, workflows.get(job.workflow)),
        )
        wrong.extend(f"job {job.id} ({job.state}): {each}" for each in said)
    return wrong


def _of_the_job(job: JobRow) -> Iterator[str]:
    if job.state not in TERMINAL:
        yield "has not ended"
    if job.state in TERMINAL and job.ended_at is None:
        yield "ended at no time"
    if job.state in _WHOLE and job.stages[-1].state != "done":
        yield f"completed, but its last stage is {job.stages[-1].state}"
    if job.state == "completed" and job.fraction != 1.0:
        yield f"completed at {job.fraction:.0%}"


def _of_its_stages(job: JobRow, events: Sequence[EventRow]) -> Iterator[str]:
    done = Counter(each.body["stage"] for each in events if each.kind == "stage_done")
    for row in job.stages:
        if job.state in TERMINAL and row.state not in ENDED:
            yield f"ended with stage {row.stage} {row.state}"
        if done[row.stage] != (row.state == "done"):
            yield f"stage {row.stage} is {row.state} and was told done {done[row.stage]} times"
        if row.state == "done" and (row.ended_at is None or row.failure is not None):
            yield f"stage {row.stage} is done without an end or with a failure"


def _of_its_events(job: JobRow, events: Sequence[EventRow]) -> Iterator[str]:
    numbers = [each.seq for each in events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"its events have gaps: {numbers}"
    if job.last_seq != len(numbers):
        yield f"last_seq is {job.last_seq} after {len(numbers)} events"
    fractions = [each.body["fraction"] for each in events]
    if any(later < earlier for earlier, later in pairwise(fractions)):
        yield f"its progress fell: {fractions}"
    ends = [index for index, each in enumerate(events) if each.kind == "job_ended"]
    if job.state in TERMINAL and ends != [len(events) - 1]:
        yield f"its end was told at {ends} of {len(events)} events"


def _of_its_order(events: Sequence[EventRow], workflow: Workflow | None) -> Iterator[str]:
    """A stage begins once all that it needs has ended, and not again once it is done."""
    ended: set[str] = set()
    for each in events:
        name = each.body.get("stage")
        if each.kind in ("stage_done", "stage_failed", "stage_skipped"):
            ended.add(str(name))
        if each.kind != "stage_started" or workflow is None:
            continue
        if name in ended:
            yield f"stage {name} was begun again after its end"
        makers = {maker.name for maker, _ in workflow.upstream(workflow.stage(str(name)))}
        if early := makers - ended:
            yield f"stage {name} was begun before {sorted(early)} had ended"


def check_clips(
    database: Database,
    store: Callable[[UUID], S3Store],
    folder: Path,
    *,
    plays: Callable[[Path], bool] = lambda _: True,
) -> list[str]:
    """Completed jobs have exactly the planned clips, and their files are there; others none."""
    from noteai.results.models import ClipRow

    with database.transaction() as session:
        loaded = selectinload(JobRow.stages).options(undefer(StageRow.manifest))
        whole = select(JobRow).where(JobRow.parent_id.is_(None))  # others change clips of these
        jobs = session.scalars(whole.options(loaded)).all()
        rows = session.scalars(select(ClipRow)).all()
    wrong: list[str] = []
    for job in jobs:
        shown = {each.rank: each.clip for each in rows if each.job_id == job.id}
        said = _of_its_clips(job, shown)
        if job.state in _WHOLE:
            said += _of_its_files(shown.values(), store(job.account_id), folder, plays)
        wrong.extend(f"job {job.id} ({job.state}): {each}" for each in said)
    return wrong


def _of_its_clips(job: JobRow, shown: Mapping[int, Any]) -> list[str]:
    if job.state not in _WHOLE:
        return [f"did not complete and has the clips {sorted(shown)}"] if shown else []
    made = {each.stage: each.manifest["output"] for each in job.stages if each.manifest}
    planned = sorted(each["rank"] for each in made["segments"]["highlights"])
    told = sorted(each["rank"] for each in made["clips"]["clips"])
    if not planned == told == sorted(shown):
        return [f"was planned the clips {planned}, made {told} and shows {sorted(shown)}"]
    return []


def _of_its_files(
    clips: Collection[Any], store: S3Store, folder: Path, plays: Callable[[Path], bool]
) -> list[str]:
    wrong = []
    for clip in clips:
        for kind in ("video", "thumbnail", "srt", "vtt"):
            try:
                path = store.fetch(FileRef.model_validate(clip[kind]), folder)
            except Exception as error:  # noqa: BLE001 - whatever it is, the file is not whole
                wrong.append(f"the {kind} of clip {clip['rank']} cannot be had: {error!r}")
                continue
            if kind == "video" and not plays(path):
                wrong.append(f"clip {clip['rank']} does not play")
            path.unlink(missing_ok=True)
    return wrong


def check_objects(database: Database, store: Callable[[UUID], S3Store]) -> list[str]:
    """No unfinished upload is left in the store, nor a file that nothing names."""
    with database.transaction() as session:
        manifests = session.scalars(
            select(StageRow.manifest).where(StageRow.manifest.is_not(None))
        ).all()
        accounts = set(session.scalars(select(UploadRow.account_id)))
        named = {each for each in session.scalars(select(UploadRow.digest)) if each}
    named |= {file["digest"] for each in manifests if each for file in each["files"]}
    wrong = []
    for account in accounts:
        own = store(account)
        wrong += [f"the parts of {each.key} are left" for each in _unfinished(own)]
        keys = [each.key.removeprefix(own.prefix) for each in own._incoming.objects(own.prefix)]
        files = {key.rsplit("/", 1)[-1]: key for key in keys if not key.startswith("manifests/")}
        orphans = files.keys() - named
        if orphans:
            orphans -= _cached(own, [key for key in keys if key.startswith("manifests/")])
        wrong += [f"the object {files[each]} belongs to nothing" for each in sorted(orphans)]
    return wrong


def _unfinished(store: S3Store) -> list[Any]:
    return list(store._incoming.unfinished(store.prefix))


def _cached(store: S3Store, keys: Sequence[str]) -> set[str]:
    """Files of answers that are kept for the next job."""
    found = (store.load(key.rsplit("/", 1)[-1].removesuffix(".json")) for key in keys)
    return {file.digest for each in found if each for file in each.files}


def check_keys(redis_url: str, prefix: str) -> list[str]:
    """Redis has nothing but queues and what goes by itself."""
    import redis

    from noteai.worker.app import QUEUES

    ours = tuple(f"{prefix}{each}" for each in (*QUEUES, "_kombu.binding.", "unacked"))
    with closing(redis.Redis.from_url(redis_url, decode_responses=True)) as client:
        others = [key for key in client.scan_iter() if not key.startswith(ours)]
        left = [key for key in others if client.ttl(key) == -1]
    return [f"the key {each} is left in Redis" for each in left]


def check_scratch(folder: Path) -> list[str]:
    """Of workers that have left: nothing."""
    return [f"the scratch folder {each.name} is left" for each in folder.glob("*")]


def check_processes(mark: str) -> list[str]:
    """No process runs with `mark` in its environment."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            marked = mark.encode() in (each / "environ").read_bytes()
            state = (each / "stat").read_text().rpartition(")")[2].split()[0]
            name = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if marked and state not in "ZX":
            found.append(f"the process {each.name} ({name.strip()[:80]}) is left")
    return found
