import json
from dataclasses import replace

import jsonschema
import pytest

from noteai.export import Finished, schemas
from noteai.export.forms import all_forms, dump
from noteai.export.names import name_all
from noteai.lecture.transcript import Sentence


def written(lecture: Finished) -> dict[str, object]:
    forms = all_forms(lecture, name_all(lecture))
    return {name: json.loads(dump(form)) for name, form in forms.items()}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_a_published_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


def test_what_is_written_keeps_the_published_form(lecture: Finished) -> None:
    files = written(lecture)
    assert len(files) == 8
    for name, said in files.items():
        form = "clip" if name.startswith("clips/") else name.removesuffix(".json")
        jsonschema.validate(said, schemas()[form])


def test_a_schema_refuses_what_has_another_form(lecture: Finished) -> None:
    said = written(lecture)["silence.json"]
    assert isinstance(said, dict)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**said, "spans": [{"start": 1}]}, schemas()["silence"])


def test_times_are_seconds_to_the_millisecond(lecture: Finished) -> None:
    assert written(lecture)["silence.json"] == {
        "duration": 60.0,
        "spans": [{"start": 0.0, "end": 1.0, "kind": "head", "level_db": -51.5}],
    }


def test_boxes_are_lists_and_pictures_are_paths(lecture: Finished) -> None:
    said = written(lecture)["layout.json"]
    assert isinstance(said, dict)
    assert set(said) == {"width", "height", "shots", "slides"}
    assert said["shots"][0]["screen"] == [0, 0, 9, 8]
    assert said["shots"][0]["camera"] is None
    assert said["slides"][0]["picture"] == "slides/01-b-Words-b.png"
    assert said["slides"][0]["visits"][1] == {"start": 25.0, "end": 30.0}


def test_the_transcript_has_words_and_sentences(lecture: Finished) -> None:
    said = written(lecture)["transcript.json"]
    assert isinstance(said, dict)
    assert set(said) == {"language", "words", "sentences"}
    assert set(said["words"][0]) == {"id", "start", "end", "text", "probability", "flags"}
    assert said["words"][2]["text"] == "𝔛"


def test_highlights_are_a_list_by_rank(lecture: Finished) -> None:
    said = written(lecture)["highlights.json"]
    assert isinstance(said, list)
    assert [each["rank"] for each in said] == [1, 2]
    assert said[0]["evidence"] == {"words": ["w0"], "slides": []}


def test_a_clip_says_what_is_heard_in_it(lecture: Finished) -> None:
    said = written(lecture)["clips/01-Nr.-1-what-why.json"]
    assert isinstance(said, dict)
    assert said["text"] == "𝔛 is </script>."
    assert said["video"] == "01-Nr.-1-what-why.mp4"
    assert said["reasons"] == ["it <matters>"]


def test_what_a_clip_says_has_sentences_that_take_no_time_and_spaces_where_they_are_written(
    lecture: Finished,
) -> None:
    texts = [("路由器转发。", 20.0, 28.0), ("数据包到达。", 28.0, 28.0), ("之后。", 40.0, 40.0)]
    sentences = tuple(
        Sentence(id=f"s{n}", start=start, end=end, text=text, first_word="w0", last_word="w0")
        for n, (text, start, end) in enumerate(texts)
    )
    assert lecture.transcript
    told = lecture.transcript.model_copy(update={"sentences": sentences})
    said = written(replace(lecture, transcript=told))
    clip = next(each for name, each in said.items() if name.startswith("clips/01"))
    assert isinstance(clip, dict)
    assert clip["text"] == "路由器转发。数据包到达。"


def test_what_is_missing_is_not_written(lecture: Finished) -> None:
    bare = Finished(title="x", recording=lecture.recording, state="failed", warnings=("so",))
    assert set(written(bare)) == {"run.json"}
    assert written(bare)["run.json"]["warnings"] == ["so"]  # type: ignore[index]


def test_warnings_of_the_artifacts_are_in_the_runs_form(lecture: Finished) -> None:
    said = written(replace(lecture, warnings=("dim", "late")))["run.json"]
    assert isinstance(said, dict)
    assert said["warnings"] == ["dim", "late"]
