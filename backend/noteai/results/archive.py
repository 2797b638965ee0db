"""The output folder of a job, as the command line writes it, in one ZIP.

The folder is built in a scratch folder first and packed from there piece by piece: neither the
archive nor a clip is ever whole in memory.
"""

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from noteai.engine.artifact import Artifact
from noteai.engine.ports import ArtifactStore
from noteai.export import Finished, write
from noteai.jobs.models import JobRow
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.media.ffmpeg import Ffmpeg
from noteai.results.errors import ResultAbsent
from noteai.results.models import ClipRow
from noteai.results.version import version_of

Kind = TypeVar("Kind", bound=Artifact)
_PIECE = 1 << 18
_NONE: Mapping[int, dict[str, Any]] = {}
_PACKED = frozenset({".mp4", ".jpg", ".jpeg", ".png"})
"""What cannot be made smaller."""


def finished(
    job: JobRow,
    manifests: Sequence[dict[str, Any]],
    clips: Sequence[ClipRow] = (),
    edits: Mapping[int, dict[str, Any]] = _NONE,
) -> Finished:
    """With the clips as they are now; `edits` are the manifests of those rendered again, by rank.

    Raises: ResultAbsent, where the recording was not read.
    """
    outputs = {each["stage"]: each["output"] for each in manifests}

    def made(stage: str, kind: type[Kind]) -> Kind | None:
        return kind.model_validate(outputs[stage]) if stage in outputs else None

    recording = made("recording", Recording)
    if recording is None:
        raise ResultAbsent(stage="recording")
    return Finished(
        title=job.title,
        recording=recording,
        state="completed" if job.state == "completed" else "completed_empty",
        silence=made("silence", SilenceMap),
        transcript=made("transcript", Transcript),
        layout=made("layout", LayoutTimeline),
        content=made("content", ContentAnalysis),
        highlights=_as_changed(made("segments", HighlightPlan), clips),
        clips=_as_they_are(made("clips", ClipSet), clips),
        manifests=[
            *map(_without_output, manifests),
            *({**_without_output(each), "clip": rank} for rank, each in edits.items()),
        ],
        warnings=[str(each) for each in job.warnings],
    )


def _as_they_are(made: ClipSet | None, rows: Sequence[ClipRow]) -> ClipSet | None:
    if made is None or not rows:
        return made
    return made.model_copy(update={"clips": tuple(Clip.model_validate(row.clip) for row in rows)})


def _as_changed(plan: HighlightPlan | None, rows: Sequence[ClipRow]) -> HighlightPlan | None:
    """With the highlights of clips that were changed as they are now."""
    if plan is None:
        return plan
    changed = {row.rank: version_of(row).highlight for row in rows if row.is_edited}
    highlights = tuple(changed.get(each.rank, each) for each in plan.highlights)
    return plan.model_copy(update={"highlights": highlights})


def _without_output(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name != "output"}


def build(lecture: Finished, store: ArtifactStore, scratch: Path) -> None:
    """Everything in the folder `out` of an empty scratch folder, for `pack`.

    Raises:
        FileGone: something is not in the store.
        StoreUnavailable
    """
    files = scratch / "files"
    files.mkdir()
    write(scratch / "out", lecture, lambda ref: store.fetch(ref, files), find_ffmpeg())
    shutil.rmtree(files)  # what is needed of it is linked in `out`


def pack(scratch: Path) -> Iterator[bytes]:
    """The ZIP in pieces."""
    return _zipped(scratch / "out")


def find_ffmpeg() -> Ffmpeg:
    import imageio_ffmpeg

    return Ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())


def _zipped(folder: Path) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            kind = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo.from_file(path, path.relative_to(folder).as_posix())
            entry.compress_type = kind
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while piece := source.read(_PIECE):
                    target.write(piece)
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What was written since it was last asked; it cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken
