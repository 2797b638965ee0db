"""The output folder: everything that a run has made, as files that people and programs use."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from noteai import __version__
from noteai.engine.artifact import FileRef
from noteai.export import chapters, editor, forms, page, paragraphs, view
from noteai.export.finished import Finished
from noteai.export.names import Names, name_all
from noteai.export.staging import Staging, is_current, staged
from noteai.export.waveform import read_peaks
from noteai.lecture import captions
from noteai.media.ffmpeg import Ffmpeg

INDEX = "index.html"
PEAKS = 2000
Fetch = Callable[[FileRef], Path]


def write(out: Path, lecture: Finished, fetch: Fetch, ffmpeg: Ffmpeg) -> Path:
    """Write the output folder and return the path of its page.

    Its files appear together once all of them are whole. Files of an earlier run are
    replaced or removed; others stay as they are. Nothing is done where nothing has changed,
    so the manifests in `run.json` stay those of the run that made the files.

    Raises:
        OutputNotWritable: `out` is not a folder that may be written to.
        OutputOccupied: it has a file of the same name that is not ours.
        NoSpaceLeft: the disk is full.
    """
    identity = _identity(out, lecture)
    if is_current(out, identity):
        return out / INDEX
    names = name_all(lecture)
    with staged(out) as staging:
        _place_files(staging, lecture, names, fetch)
        texts = dict(_texts(out, lecture, names))
        for name, text in texts.items():
            staging.text(name, text)
        peaks = _peaks(lecture, fetch, ffmpeg, staging.hidden)
        cues = page.read_cues(names, fetch)
        staging.text(INDEX, page.render(out, lecture, names, list(texts), peaks, cues))
        staging.commit(identity)
    return out / INDEX


def _identity(out: Path, lecture: Finished) -> str:
    """What the folder would hold, as a digest: the artifacts, and the code that writes them."""
    digest = hashlib.sha256(f"{__version__} {out.resolve()}".encode(errors="surrogateescape"))
    for file in sorted(Path(__file__).parent.rglob("*.*")):
        if file.suffix != ".pyc":
            digest.update(file.read_bytes())
    for artifact in lecture.artifacts:
        digest.update(artifact.model_dump_json().encode() if artifact else b"-")
    rest = (lecture.name, lecture.state, tuple(lecture.all_warnings), lecture.source)
    digest.update(repr(rest).encode(errors="surrogateescape"))
    return digest.hexdigest()


def _place_files(staging: Staging, lecture: Finished, names: Names, fetch: Fetch) -> None:
    for files in names.clips:
        staging.link(files.video, fetch(files.clip.video))
        staging.link(files.thumbnail, fetch(files.clip.thumbnail))
        staging.copy(files.srt, fetch(files.clip.srt))
        staging.copy(files.vtt, fetch(files.clip.vtt))
    for slide in lecture.layout.slides if lecture.layout else ():
        staging.link(names.slides[slide.id], fetch(slide.picture))


def _texts(out: Path, lecture: Finished, names: Names) -> Iterator[tuple[str, str]]:
    """Names and contents of the text files."""
    for name, form in forms.all_forms(lecture, names).items():
        yield name, forms.dump(form)
    if lecture.transcript:
        cues = captions.cues(lecture.transcript)
        yield "transcript.txt", paragraphs.as_text(lecture.name, lecture.transcript, lecture.topics)
        yield "transcript.srt", captions.to_srt(cues)
        yield "transcript.vtt", captions.to_vtt(cues)
    if lecture.topics:
        found = chapters.chapters_of(lecture.topics, lecture.recording.duration)
        if len(chapters.fit_for_youtube(found)) >= chapters.FEWEST_FOR_YOUTUBE:
            yield "chapters.txt", chapters.as_youtube(found)
        yield "chapters.vtt", chapters.as_vtt(found)
        yield "chapters.ffmetadata", chapters.as_ffmetadata(found, lecture.name)
    if lecture.passages:
        yield "highlights.otio", editor.as_otio(lecture, view.source_url(out, lecture.source))


def _peaks(lecture: Finished, fetch: Fetch, ffmpeg: Ffmpeg, folder: Path) -> list[int]:
    recording = lecture.recording
    if recording.audio is None:
        return []
    return read_peaks(ffmpeg, fetch(recording.audio), recording.duration, folder, PEAKS)
