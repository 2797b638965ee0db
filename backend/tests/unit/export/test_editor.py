from dataclasses import replace

import opentimelineio as otio
import pytest

from noteai.export import Finished
from noteai.export.editor import as_otio, frame_rate


def loaded(lecture: Finished) -> otio.schema.Timeline:
    """The timeline, to be kept in a variable: its tracks go with it."""
    text = as_otio(lecture, "../My%20lecture%20%231.mp4" if lecture.source else None)
    timeline = otio.adapters.read_from_string(text, "otio_json")
    assert isinstance(timeline, otio.schema.Timeline)
    return timeline


def test_highlights_follow_each_other_in_order_of_time_on_both_tracks(lecture: Finished) -> None:
    timeline = loaded(lecture)
    video, audio = timeline.tracks
    assert (video.kind, audio.kind) == ("Video", "Audio")
    assert [clip.metadata["noteai"]["rank"] for clip in video] == [2, 1]
    rate = 30000 / 1001
    for clip, (start, end) in zip(video, [(2.0, 17.0), (20.0, 40.0)], strict=True):
        used = clip.source_range
        assert used.start_time == otio.opentime.RationalTime(round(start * rate), rate)
        assert used.end_time_exclusive() == otio.opentime.RationalTime(round(end * rate), rate)
        assert clip.available_range().contains(used)


def test_clips_refer_to_the_recording(lecture: Finished) -> None:
    timeline = loaded(lecture)
    reference = timeline.find_clips()[0].media_reference
    assert reference.target_url == "../My%20lecture%20%231.mp4"


def test_without_a_file_the_reference_is_missing_and_says_so(lecture: Finished) -> None:
    timeline = loaded(replace(lecture, source=None))
    assert isinstance(timeline.find_clips()[0].media_reference, otio.schema.MissingReference)


def test_a_marker_stands_where_a_topic_starts_or_goes_on(lecture: Finished) -> None:
    timeline = loaded(lecture)
    first, second = timeline.tracks[0]
    assert [marker.name for marker in first.markers[1:]] == ["A <start>"]
    assert [marker.name for marker in second.markers[1:]] == ["B = 2; \\ #"]
    assert second.markers[1].marked_range.start_time == second.source_range.start_time


def test_another_marker_stands_for_the_highlight_with_its_reasons(lecture: Finished) -> None:
    timeline = loaded(lecture)
    for clip in timeline.find_clips():
        marker = clip.markers[0]
        assert marker.name == f"Highlight {clip.metadata['noteai']['rank']}"
        assert marker.comment == "it <matters>"
        assert marker.marked_range == clip.source_range


def test_sound_alone_has_no_picture_track(lecture: Finished) -> None:
    heard = replace(lecture, recording=lecture.recording.model_copy(update={"video": None}))
    timeline = loaded(heard)
    assert [track.kind for track in timeline.tracks] == ["Audio"]


@pytest.mark.parametrize(
    ("measured", "meant"),
    [(29.9699, 30000 / 1001), (25.01, 25.0), (23.976, 24000 / 1001), (19.8051, 20.0), (0.0, 25.0)],
)
def test_a_measured_rate_is_taken_for_the_constant_one_that_clips_have(
    lecture: Finished, measured: float, meant: float
) -> None:
    video = lecture.recording.video
    assert video
    seen = video.model_copy(update={"frame_rate": measured})
    recording = lecture.recording.model_copy(update={"video": seen})
    assert frame_rate(replace(lecture, recording=recording)) == pytest.approx(meant)
