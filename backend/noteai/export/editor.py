"""The highlights as an OpenTimelineIO timeline, so that an editor can go on from here."""

from typing import TYPE_CHECKING

from noteai.export.finished import Finished
from noteai.lecture.highlights import Highlight
from noteai.media.cuts import constant_rate
from noteai.timeline import Span, overlap

if TYPE_CHECKING:
    from opentimelineio.core import MediaReference
    from opentimelineio.opentime import TimeRange
    from opentimelineio.schema import Clip, Marker, Track

_HIGHEST = 60
_SOUND_ONLY = 25.0


def as_otio(lecture: Finished, source: str | None = None) -> str:
    """One clip of the recording for each highlight, in order of time, on a picture and a sound
    track; a marker where a topic starts or goes on, and another for the highlight itself, with
    its reasons. `source` is the recording's URL, as seen from where the timeline will lie.
    """
    from opentimelineio import schema

    timeline = schema.Timeline(name=f"{lecture.name} – highlights")
    timeline.metadata["noteai"] = {"recording": lecture.name}
    kinds = [schema.TrackKind.Video] if lecture.recording.video else []
    for kind in [*kinds, schema.TrackKind.Audio]:
        timeline.tracks.append(_track(lecture, kind, source))
    return str(timeline.to_json_string())


def frame_rate(lecture: Finished) -> float:
    """Frames a second, of which an editor wants the same at all times: see `constant_rate`."""
    video = lecture.recording.video
    if video is None or video.frame_rate <= 0:
        return _SOUND_ONLY
    return float(constant_rate(video.frame_rate, _HIGHEST))


def _track(lecture: Finished, kind: str, source: str | None) -> "Track":
    from opentimelineio import schema

    track = schema.Track(name="Highlights", kind=kind)
    for passage in sorted(lecture.passages, key=lambda each: each.start):
        track.append(_clip(lecture, passage, source))
    return track


def _clip(lecture: Finished, passage: Highlight, source: str | None) -> "Clip":
    from opentimelineio import schema

    rate = frame_rate(lecture)
    facts = {
        "rank": passage.rank,
        "score": round(passage.score, 3),
        "reasons": list(passage.reasons),
        "topic": passage.topic,
    }
    return schema.Clip(
        name=passage.title,
        media_reference=_media(lecture, source),
        source_range=_range(passage, rate),
        markers=[_chosen(passage, rate), *_markers(lecture, passage, rate)],
        metadata={"noteai": facts},
    )


def _media(lecture: Finished, source: str | None) -> "MediaReference":
    from opentimelineio import schema

    whole = _range(Span(start=0, end=lecture.recording.duration), frame_rate(lecture))
    if source is None:
        return schema.MissingReference(name=lecture.name, available_range=whole)
    reference = schema.ExternalReference(source, whole)
    reference.name = lecture.name
    return reference


def _chosen(passage: Highlight, rate: float) -> "Marker":
    from opentimelineio import schema

    return schema.Marker(
        name=f"Highlight {passage.rank}",
        marked_range=_range(passage, rate),
        color=schema.MarkerColor.ORANGE,
        comment="; ".join(passage.reasons),
    )


def _markers(lecture: Finished, passage: Highlight, rate: float) -> "list[Marker]":
    from opentimelineio import schema

    return [
        schema.Marker(
            name=topic.title,
            marked_range=_instant(max(topic.start, passage.start), rate),
            color=schema.MarkerColor.PURPLE,
            metadata={"noteai": {"topic": topic.id}},
        )
        for topic in lecture.topics
        if overlap(topic, passage) > 0
    ]


def _range(span: Span, rate: float) -> "TimeRange":
    from opentimelineio.opentime import RationalTime, TimeRange

    first, last = round(span.start * rate), round(span.end * rate)
    return TimeRange(RationalTime(first, rate), RationalTime(last - first, rate))


def _instant(instant: float, rate: float) -> "TimeRange":
    from opentimelineio.opentime import RationalTime, TimeRange

    return TimeRange(RationalTime(round(instant * rate), rate), RationalTime(0, rate))
