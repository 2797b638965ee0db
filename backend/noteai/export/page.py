"""The page: one file that works from disk, without network and without other scripts.

Text of the user is escaped by the template, data by `as_data`, and the page's own policy
allows its one style, its one script, and files beside it.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from noteai.engine.artifact import FileRef
from noteai.export import picture, view
from noteai.export.chapters import clock
from noteai.export.cues import ShownCue, read_vtt
from noteai.export.finished import Finished
from noteai.export.names import Names
from noteai.export.paragraphs import sections
from noteai.export.proofs import reasons
from noteai.lecture import captions
from noteai.lecture.transcript import Sentence, Transcript

if TYPE_CHECKING:
    from jinja2 import Environment

_SCRIPTS = ("page.js", "timeline.js", "transcript.js", "clips.js", "slides.js", "start.js")
KINDS = {
    "slides": "Slides",
    "slides_inset": "Slides with speaker",
    "side_by_side": "Side by side",
    "camera": "Speaker",
    "board": "Board",
    "screen": "Screen",
    "blank": "Blank",
    "unknown": "Unknown",
}


def render(
    out: Path,
    lecture: Finished,
    names: Names,
    written: Sequence[str],
    peaks: Sequence[int],
    cues: Sequence[Sequence[ShownCue]],
) -> str:
    """`index.html` for the folder `out`, in which the files `written` lie."""
    style, script = _asset("page.css"), "".join(["(() => {\n", *map(_asset, _SCRIPTS), "})();\n"])
    data = page_data(lecture, cues)
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            policy=policy(style, script),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own files
            data=as_data(data),
            lecture=lecture,
            duration=max(lecture.recording.duration, 0.001),
            kinds=_kinds(lecture),
            cards=view.cards(lecture, names),
            language=view.language(lecture),
            is_leftward=view.language(lecture) in view.LEFTWARD,
            reasons_of=partial(reasons, lecture),
            why_empty=view.why_empty(lecture),
            notes=view.notes(lecture),
            sections=sections(lecture.transcript, lecture.topics),
            pictures=view.pictures(lecture, names),
            downloads=view.downloads(written),
            source=view.source_url(out, lecture.source),
            ticks=picture.tick_times(lecture.recording.duration),
            waveform=picture.waveform_path(peaks),
            peaks=len(peaks),
            curve=_curve(lecture),
            area_path=picture.area_path,
            line_path=picture.line_path,
            has_captions=bool(data["cues"]) or not all(each["captioned"] for each in data["clips"]),
        )
    )


def read_cues(names: Names, fetch: Callable[[FileRef], Path]) -> list[list[ShownCue]]:
    """The cues of each clip: a page that was opened from disk may not load them itself."""
    return [read_vtt(fetch(each.clip.vtt).read_text(encoding="utf-8")) for each in names.clips]


def page_data(lecture: Finished, cues: Sequence[Sequence[ShownCue]]) -> dict[str, Any]:
    """What the script needs to know: times rounded to hundredths, lists instead of objects."""
    layout, silence = lecture.layout, lecture.silence
    slides = layout.slides if layout else ()
    shown = [(v.start, v.end, at) for at, slide in enumerate(slides) for v in slide.visits]
    clips = sorted(lecture.clips.clips, key=lambda clip: clip.rank) if lecture.clips else ()
    return {
        "duration": lecture.recording.duration,
        "language": lecture.transcript.language if lecture.transcript else "und",
        "sentences": _sentences(lecture.transcript) if lecture.transcript else [],
        "cues": _shown(lecture.transcript) if lecture.transcript and lecture.source else [],
        "topics": [(*_times(each), each.title) for each in lecture.topics],
        "passages": [(*_times(each), each.rank, each.title) for each in lecture.passages],
        "shots": [(*_times(each), KINDS[each.kind]) for each in layout.shots] if layout else [],
        "slides": sorted((round(a, 2), round(b, 2), at) for a, b, at in shown),
        "silences": [(*_times(each), each.kind) for each in silence.spans] if silence else [],
        "clips": [
            {
                "start": clip.start,
                "end": clip.end,
                "length": clip.length,
                "captioned": clip.is_captioned,
                "cues": list(said),
            }
            for clip, said in zip(clips, cues, strict=True)
        ],
    }


def as_data(data: Mapping[str, Any]) -> Markup:
    """JSON that cannot end the element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def policy(style: str, script: str) -> str:
    """The Content Security Policy: what the page may do, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "img-src 'self' file: data:",
            "media-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    return files("noteai.export").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("noteai.export", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(amount=_amount, clock=clock, lasting=_lasting)
    return made


def _lasting(seconds: float) -> str:
    """A duration for the eye: `48 s`, `5 min`, `1 h 52 min`."""
    if seconds < 100:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _amount(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _kinds(lecture: Finished) -> dict[str, str]:
    """The kinds of layout that the lecture has, with their names."""
    found = {shot.kind for shot in lecture.layout.shots} if lecture.layout else set()
    return {kind: name for kind, name in KINDS.items() if kind in found}


def _curve(lecture: Finished) -> list[float]:
    if lecture.content is None:
        return []
    return picture.importance_curve(lecture.content, lecture.transcript, lecture.recording.duration)


def _times(span: Any) -> tuple[float, float]:
    return round(span.start, 2), round(span.end, 2)


def _sentences(transcript: Transcript) -> list[tuple[float, float, list[float]]]:
    """Of each sentence start, end, and of each word its place in the text and its start."""
    return [(*_times(each), _places(transcript, each)) for each in transcript.sentences]


def _shown(transcript: Transcript) -> list[tuple[float, float, str]]:
    """The captions of the whole recording."""
    return [(*_times(cue), "\n".join(cue.lines)) for cue in captions.cues(transcript)]


def _places(transcript: Transcript, sentence: Sentence) -> list[float]:
    """`[place, start, place, start, ...]`; places count UTF-16 units, as browsers do."""
    found: list[float] = []
    at = 0
    for word in transcript.words_of(sentence):
        at = max(at, sentence.text.find(word.text, at))
        found += [_units(sentence.text[:at]), round(word.start, 2)]
        at += len(word.text)
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
