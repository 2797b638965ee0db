"""The highlights as an OpenTimelineIO timeline, so that an editor can go on from here."""

from fractions import Fraction
from typing import TYPE_CHECKING

from noteai.export.finished import Finished
from noteai.lecture.highlights import Highlight
from noteai.timeline import Span, overlap

if TYPE_CHECKING:
    from opentimelineio.core import MediaReference
    from opentimelineio.opentime import TimeRange
    from opentimelineio.schema import Clip, Marker, Track

_STANDARD_RATES = [
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60)),
]
_NEAR = 0.002
"""How far, as a part of itself, a measured rate may lie from the standard that is meant."""
_SOUND_ONLY = 25.0


def as_otio(lecture: Finished) -> str:
    """One clip of the recording for each highlight, in order of time, on a picture and a sound
    track; a marker where a topic starts or goes on, and another for the highlight itself.
    """
    from opentimelineio import schema

    timeline = schema.Timeline(name=f"{lecture.name} – highlights")
    timeline.metadata["noteai"] = {"recording": lecture.name}
    kinds = [schema.TrackKind.Video] if lecture.recording.video else []
    for kind in [*kinds, schema.TrackKind.Audio]:
        timeline.tracks.append(_track(lecture, kind))
    return str(timeline.to_json_string())


def frame_rate(lecture: Finished) -> float:
    """Frames a second: the standard rate that the measured one means, else as measured."""
    video = lecture.recording.video
    if video is None or video.frame_rate <= 0:
        return _SOUND_ONLY
    nearest = min(_STANDARD_RATES, key=lambda rate: abs(float(rate) - video.frame_rate))
    is_near = abs(float(nearest) - video.frame_rate) <= _NEAR * video.frame_rate
    return float(nearest) if is_near else video.frame_rate


def _track(lecture: Finished, kind: str) -> "Track":
    from opentimelineio import schema

    track = schema.Track(name="Highlights", kind=kind)
    for passage in sorted(lecture.passages, key=lambda each: each.start):
        track.append(_clip(lecture, passage))
    return track


def _clip(lecture: Finished, passage: Highlight) -> "Clip":
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
        media_reference=_media(lecture),
        source_range=_range(passage, rate),
        markers=_markers(lecture, passage, rate),
        metadata={"noteai": facts},
    )


def _media(lecture: Finished) -> "MediaReference":
    from opentimelineio import schema

    whole = _range(Span(start=0, end=lecture.recording.duration), frame_rate(lecture))
    if lecture.source is None:
        return schema.MissingReference(name=lecture.name, available_range=whole)
    reference = schema.ExternalReference(lecture.source.resolve().as_uri(), whole)
    reference.name = lecture.name
    return reference


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
