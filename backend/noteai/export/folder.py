"""The output folder: everything that a run has made, as files that people and programs use."""

from collections.abc import Callable, Iterator
from pathlib import Path

from noteai.engine.artifact import FileRef
from noteai.export import chapters, editor, forms, page
from noteai.export.finished import Finished
from noteai.export.names import Names, name_all
from noteai.export.staging import Staging, staged
from noteai.export.waveform import read_peaks
from noteai.media.ffmpeg import Ffmpeg

INDEX = "index.html"
PEAKS = 2000
Fetch = Callable[[FileRef], Path]


def write(out: Path, lecture: Finished, fetch: Fetch, ffmpeg: Ffmpeg) -> Path:
    """Write the output folder and return the path of its page.

    Its files appear together once all of them are whole. Files of an earlier run are
    replaced or removed; others stay as they are.

    Raises:
        OutputNotWritable: `out` is not a folder that may be written to.
        OutputOccupied: it has a file of the same name that is not ours.
        NoSpaceLeft: the disk is full.
    """
    names = name_all(lecture)
    with staged(out) as staging:
        _place_files(staging, lecture, names, fetch)
        for name, text in _texts(lecture, names):
            staging.text(name, text)
        peaks = _peaks(lecture, fetch, ffmpeg, staging.hidden)
        cues = page.read_cues(names, fetch)
        staging.text(INDEX, page.render(out, lecture, names, peaks, cues))
        staging.commit()
    return out / INDEX


def _place_files(staging: Staging, lecture: Finished, names: Names, fetch: Fetch) -> None:
    for files in names.clips:
        staging.link(files.video, fetch(files.clip.video))
        staging.link(files.thumbnail, fetch(files.clip.thumbnail))
        staging.copy(files.srt, fetch(files.clip.srt))
        staging.copy(files.vtt, fetch(files.clip.vtt))
    for slide in lecture.layout.slides if lecture.layout else ():
        staging.link(names.slides[slide.id], fetch(slide.picture))


def _texts(lecture: Finished, names: Names) -> Iterator[tuple[str, str]]:
    """Names and contents of the text files."""
    for name, form in forms.all_forms(lecture, names).items():
        yield name, forms.dump(form)
    if lecture.topics:
        found = chapters.chapters_of(lecture.topics, lecture.recording.duration)
        yield "chapters.txt", chapters.as_youtube(found)
        yield "chapters.vtt", chapters.as_vtt(found)
        yield "chapters.ffmetadata", chapters.as_ffmetadata(found, lecture.title)
    if lecture.passages:
        yield "highlights.otio", editor.as_otio(lecture)


def _peaks(lecture: Finished, fetch: Fetch, ffmpeg: Ffmpeg, folder: Path) -> list[int]:
    recording = lecture.recording
    if recording.audio is None:
        return []
    return read_peaks(ffmpeg, fetch(recording.audio), recording.duration, folder, PEAKS)
