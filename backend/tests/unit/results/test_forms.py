import json

import jsonschema
import pytest
from made_lecture import content, transcript

from noteai.export import schemas
from noteai.results import examples, forms
from noteai.results.errors import NotAcceptable


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("*/*", "json"),
        ("", "json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "json"),
        ("text/*", "txt"),
        ("text/vtt", "vtt"),
        ("TEXT/VTT; q=0.9, application/json;q=0.5", "vtt"),
        ("text/*;q=0.5, text/plain;q=0, application/json;q=0.1", "vtt"),
        ("application/x-subrip", "srt"),
        ("application/json;q=0, */*", "txt"),
    ],
)
def test_the_form_that_is_accepted_best_is_chosen(accept: str, suffix: str) -> None:
    assert forms.wanted(accept) == suffix


@pytest.mark.parametrize("accept", ["image/png", "text/vtt;q=0", "text/vtt;q=x", ";;,"])
def test_what_there_is_not_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        forms.wanted(accept)


def test_every_form_of_a_transcript_has_its_words() -> None:
    told = {
        each: forms.told("Heat", transcript(), content().topics, each) for each in forms.MEDIA_TYPES
    }
    assert all("disorder" in text for text in told.values())
    assert told["txt"].startswith("Heat\n\n\nPart 0\n\n[0:")


def test_a_transcript_as_json_keeps_the_published_form() -> None:
    said = transcript().model_copy(update={"warnings": ("3 words were dropped",)})
    for each in (json.loads(forms.TRANSCRIPTS["json"](said)), examples.TRANSCRIPT):
        jsonschema.validate(each, schemas()["transcript"])


def test_chapters_are_told_as_lines_and_as_cues() -> None:
    topics = content().topics
    assert forms.chapters(topics, 30.0, "txt") == "0:00 Part 0\n0:15 Part 1\n"
    assert "00:00:15.000 --> 00:00:30.000\nPart 1" in forms.chapters(topics, 30.0, "vtt")
