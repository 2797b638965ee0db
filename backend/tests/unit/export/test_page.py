import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from noteai.engine.artifact import FileRef
from noteai.export import Finished, view
from noteai.export.cues import ShownCue, read_vtt
from noteai.export.names import name_all
from noteai.export.page import _lasting, as_data, page_data, read_cues, render
from noteai.lecture.content import Evidence
from noteai.lecture.highlights import HighlightPlan


class Tags(HTMLParser):
    """Elements with their attributes, and the text of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append("")

    def handle_data(self, data: str) -> None:
        if self.raw and self.cdata_elem:
            self.raw[-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def page(tmp_path: Path) -> Callable[[Finished], str]:
    def made(lecture: Finished) -> str:
        names = name_all(lecture)
        cues = [[ShownCue(0.0, 1.0, "said")] for _ in names.clips]
        return render(tmp_path / "out", lecture, names, ["run.json"], [0, 500, 1000], cues)

    return made


def read(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    return tags


def test_nothing_is_loaded_from_elsewhere(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    tags = read(page(lecture))
    addresses = [
        value
        for _, attributes in tags.found
        for name, value in attributes.items()
        if name in ("src", "href", "poster") and value
    ]
    assert len(addresses) > 10
    assert not [each for each in addresses if re.match(r"(?!data:)[a-z]+:|//", each)]
    assert "fetch(" not in "".join(tags.raw)


def test_the_policy_allows_the_pages_own_style_and_script_alone(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    tags = read(page(lecture))
    policy = next(
        each["content"] for each in tags.of("meta") if "http-equiv" in each and each["content"]
    )
    style, _, script = tags.raw
    for kind, text in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_element_carries_style_or_handlers(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    for _, attributes in read(page(lecture)).found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_no_download_takes_the_place_of_the_page(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    links = [each for each in read(page(lecture)).of("a") if "download" in each]
    assert len(links) == 2 * 4 + 1
    assert {(each.get("target"), each.get("rel")) for each in links} == {("_blank", "noopener")}


def test_the_users_text_is_escaped(lecture: Finished, page: Callable[[Finished], str]) -> None:
    said = page(replace(lecture, title='<img src=x onerror="alert(1)">'))
    assert "<img src=x" not in said
    assert "it &lt;matters&gt;" in said
    assert "&lt;/script&gt;." in said
    assert len(read(said).of("script")) == 2


def test_data_cannot_end_its_element() -> None:
    said = as_data({"text": "</script><!-- & \u2028"})
    assert not {"<", ">", "&", "\u2028"} & set(said)
    assert json.loads(said) == {"text": "</script><!-- & \u2028"}


def test_words_are_found_by_the_units_that_browsers_count(lecture: Finished) -> None:
    second = page_data(lecture, [[], []])["sentences"][1]
    assert second == (18.0, 36.0, [0, 18.0, 3, 26.0, 6, 34.0])


def test_the_recording_has_its_captions_where_it_can_be_played(lecture: Finished) -> None:
    cues = page_data(lecture, [[], []])["cues"]
    assert next((start, said) for start, _, said in cues) == (2.0, "We")
    assert page_data(replace(lecture, source=None), [[], []])["cues"] == []


def test_clips_are_played_in_order_of_rank(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    tags = read(page(lecture))
    players = [each for each in tags.of("video") if each.get("id") != "recording"]
    assert [each["src"] for each in players] == [
        "clips/01-Nr.-1-what-why.mp4",
        "clips/02-Nr.-1-what-why.mp4",
    ]
    assert all(each["preload"] == "metadata" and "poster" in each for each in players)
    assert [each["start"] for each in page_data(lecture, [[], []])["clips"]] == [20.0, 2.0]


def test_a_topic_is_not_said_again_after_a_title_that_begins_with_it(lecture: Finished) -> None:
    assert lecture.clips
    first, second = lecture.clips.clips
    titled = (first.model_copy(update={"title": "a <START> and more"}), second)
    clips = lecture.clips.model_copy(update={"clips": titled})
    changed = replace(lecture, clips=clips)
    assert [each.topic for each in view.cards(changed, name_all(changed))] == ["A <start>", ""]


def test_the_recording_is_referred_to_by_a_relative_path(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    recordings = [each for each in read(page(lecture)).of("video") if each.get("id") == "recording"]
    assert [each["src"] for each in recordings] == ["../My%20lecture%20%231.mp4"]


def test_a_name_that_is_not_text_is_still_a_page(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    said = page(replace(lecture, title="a\udcffb", source=Path("/a\udcffb.mp4")))
    assert '<h1 dir="auto">a?b</h1>' in said
    assert "a%FFb.mp4" in said
    said.encode()


@pytest.mark.parametrize(
    "missing",
    [
        ("transcript",),
        ("layout",),
        ("silence",),
        ("content",),
        ("highlights",),
        ("clips",),
        ("transcript", "layout", "silence", "content", "highlights", "clips"),
    ],
)
def test_a_page_is_made_of_what_is_there(
    lecture: Finished, page: Callable[[Finished], str], missing: tuple[str, ...]
) -> None:
    less = replace(lecture, **dict.fromkeys(missing), source=None)  # type: ignore[arg-type]
    ids = {attributes["id"] for _, attributes in read(page(less)).found if "id" in attributes}
    assert "lecture" in ids
    assert "highlights" in ids
    assert ("slides" in ids) == ("layout" not in missing)
    assert ("text" in ids) == ("transcript" not in missing)


def test_an_empty_result_is_said_plainly(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    plan = HighlightPlan(highlights=(), reason_if_empty="Nobody <speaks>.")
    none = replace(lecture, clips=None, highlights=plan, state="completed_empty")
    said = page(replace(none, warnings=plan.remarks))
    assert said.count("No highlights were chosen") == 1
    assert said.count("Nobody &lt;speaks&gt;.") == 1


@pytest.mark.parametrize("missing", [(), ("clips",)], ids=["cards", "list"])
def test_a_reason_leads_to_the_words_that_prove_it(
    lecture: Finished, page: Callable[[Finished], str], missing: tuple[str, ...]
) -> None:
    assert lecture.content
    assert lecture.highlights
    scores = {"scores": {"summary": 0.9}, "evidence": {"summary": Evidence(words=("w2", "w4"))}}
    lines = tuple(each.model_copy(update=scores) for each in lecture.content.sentences)
    content = lecture.content.model_copy(update={"sentences": lines})
    first = lecture.passages[0].model_copy(update={"reasons": ("Sums up",)})
    plan = lecture.highlights.model_copy(update={"highlights": (first,)})
    less = replace(lecture, content=content, highlights=plan, **dict.fromkeys(missing))  # type: ignore[arg-type]
    quotes = [each for each in read(page(less)).of("button") if each.get("class") == "quote"]
    assert [each["data-seek"] for each in quotes] == ["18.00"]
    assert "“𝔛 is &lt;/script&gt;.”" in page(less)


def test_without_clips_the_chosen_passages_are_listed(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    said = page(replace(lecture, clips=None))
    assert '<h3 dir="auto" lang="en">Nr. 2: what/why?</h3>' in said
    assert 'data-seek="2.00"' in said
    assert "it &lt;matters&gt;" in said
    assert "<strong>2 highlights</strong>" in said


def test_lecture_text_says_its_language_and_runs_as_it_is_written(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    assert lecture.transcript
    said = {}
    for code in ("de", "ar", "und"):
        transcript = lecture.transcript.model_copy(update={"language": code})
        said[code] = page(replace(lecture, transcript=transcript))
    assert '<h3 dir="auto" lang="de"' in said["de"]
    assert '<div class="body" dir="rtl">' in said["ar"]
    assert 'dir="rtl"' not in said["de"]
    assert 'lang="und"' not in said["und"]


@pytest.mark.parametrize("missing", [(), ("clips",), ("clips", "highlights"), ("layout",)])
def test_every_link_within_the_page_has_its_place(
    lecture: Finished, page: Callable[[Finished], str], missing: tuple[str, ...]
) -> None:
    tags = read(page(replace(lecture, **dict.fromkeys(missing))))  # type: ignore[arg-type]
    ids = {attributes.get("id") for _, attributes in tags.found}
    places = [each["href"] or "" for each in tags.of("a")]
    assert {each[1:] for each in places if each.startswith("#")} <= ids


def test_a_failure_is_said_with_its_warnings(
    lecture: Finished, page: Callable[[Finished], str]
) -> None:
    said = page(replace(lecture, state="failed", warnings=("the model is <gone>",)))
    assert "did not get to the end" in said
    assert "the model is &lt;gone&gt;" in said


@pytest.mark.parametrize(
    ("drawn", "has_recording", "switches"),
    [((True, False), False, 1), ((True, True), False, 0), ((True, True), True, 1)],
)
def test_captions_can_be_shown_unless_they_are_in_every_picture(
    lecture: Finished,
    page: Callable[[Finished], str],
    drawn: tuple[bool, bool],
    has_recording: bool,
    switches: int,
) -> None:
    source = lecture.source if has_recording else None
    found = read(page(replace(captioned(lecture, *drawn), source=source))).of("input")
    assert len([each for each in found if each.get("id") == "captions"]) == switches


def test_the_page_knows_which_clips_have_their_captions_in_the_picture(lecture: Finished) -> None:
    clips = page_data(captioned(lecture, False, True), [[], []])["clips"]
    assert [each["captioned"] for each in clips] == [True, False]


def captioned(lecture: Finished, *drawn: bool) -> Finished:
    """The lecture whose second clip is its best."""
    assert lecture.clips
    clips = tuple(
        clip.model_copy(update={"is_captioned": each})
        for clip, each in zip(lecture.clips.clips, drawn, strict=True)
    )
    return replace(lecture, clips=lecture.clips.model_copy(update={"clips": clips}))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(48.4, "48 s"), (99, "99 s"), (100, "2 min"), (3570, "1 h 0 min"), (6720, "1 h 52 min")],
)
def test_a_duration_is_shown_in_two_units_at_most(seconds: float, shown: str) -> None:
    assert _lasting(seconds) == shown


def test_every_control_has_a_name(lecture: Finished, page: Callable[[Finished], str]) -> None:
    buttons = re.findall(r"<button[^>]*>.*?</button>", page(lecture), re.DOTALL)
    assert buttons
    for button in buttons:
        text = re.sub(r"<[^>]*>", "", button).strip()
        assert text or "aria-label" in button, button


def test_cues_are_read_with_their_lines_and_signs() -> None:
    text = (
        "WEBVTT\n\nNOTE x\n\n1\n00:00:00.500 --> 00:00:01.250 align:start\na &lt;b&gt;\n2\n\n"
        "01:00:01.000 --> 01:00:02.000\nc\n"
    )
    assert read_vtt(text) == [ShownCue(0.5, 1.25, "a <b>\n2"), ShownCue(3601.0, 3602.0, "c")]


def test_the_cues_of_every_clip_are_read(lecture: Finished, tmp_path: Path) -> None:
    def fetch(_: FileRef) -> Path:
        path = tmp_path / "x.vtt"
        path.write_text("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nyes\n")
        return path

    assert read_cues(name_all(lecture), fetch) == [[ShownCue(0.0, 1.0, "yes")]] * 2
