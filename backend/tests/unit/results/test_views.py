from uuid import uuid4

import pytest
from made_lecture import artifacts, transcript

from noteai.jobs.models import JobRow
from noteai.lecture.recording import Recording
from noteai.results import archive
from noteai.results.errors import ResultAbsent
from noteai.results.repository import BEGIN, END, Match
from noteai.results.views import hits, marked, words_in


def test_what_was_found_is_marked_and_nothing_else_is_markup() -> None:
    headline = f'{BEGIN}Entropy{END} <script>"&"'
    assert marked(headline) == "<mark>Entropy</mark> &lt;script&gt;&quot;&amp;&quot;"


def test_hits_are_in_order_of_time() -> None:
    said = [Match(0, 1, 2, "a", "a"), Match(4, 9, 10, "b", "b")]
    shown = [Match(2, 5, 8, "c", "c", "Title")]
    assert [each.id for each in hits(said, shown)] == ["s0", "v2", "s4"]


def test_a_word_belongs_to_the_stretch_that_has_its_middle() -> None:
    words = transcript().words
    assert [each.id for each in words_in(words, 2.4, 10.6)] == ["w1", "w2", "w3"]
    assert words_in(words, 2.6, 2.7) == []


def test_a_lecture_is_put_together_from_manifests() -> None:
    made = artifacts()
    manifests = [
        {"stage": stage, "output": each.model_dump(mode="json"), "seconds": 2.0}
        for stage, each in made.items()
        if stage != "silence"
    ]
    job = JobRow(id=uuid4(), title="Lecture", state="completed", warnings=["dim"])
    lecture = archive.finished(job, manifests)
    assert isinstance(lecture.recording, Recording)
    assert lecture.silence is None
    assert lecture.clips == made["clips"]
    assert lecture.manifests[0] == {"stage": "recording", "seconds": 2.0}
    assert lecture.warnings == ["dim"]


def test_a_lecture_without_a_recording_cannot_be_packed() -> None:
    with pytest.raises(ResultAbsent):
        archive.finished(JobRow(title="a", state="completed", warnings=[]), [])
