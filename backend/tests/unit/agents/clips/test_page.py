from noteai.agents.clips.composition import Size
from noteai.agents.clips.page import escaped, page
from noteai.lecture.captions import Cue
from noteai.lecture.layout import Box

BAND = Box(0, 620, 1280, 100)


def cue(*lines: str) -> Cue:
    return Cue(start=1.5, end=62.25, lines=lines)


def written(title: str = "", *cues: Cue) -> list[str]:
    made = page(cues, Size(1280, 720), BAND, title=title, length=70.0)
    return [line for line in made.splitlines() if line.startswith("Dialogue")]


def test_a_cue_is_an_event_with_its_lines() -> None:
    assert written("", cue("one", "two")) == ["Dialogue: 0,0:00:01.50,0:01:02.25,Caption,one\\Ntwo"]


def test_a_title_stands_for_the_whole_length() -> None:
    assert written("Waves") == ["Dialogue: 0,0:00:00.00,0:01:10.00,Title,Waves"]


def test_words_are_never_commands() -> None:
    assert escaped("{\\b1}x\\Ny") == "\\{\\\u2060b1\\}x\\\u2060Ny"


def test_a_line_break_in_words_begins_no_event() -> None:
    assert len(written("a\nDialogue: 0,0:00:00.00,9:00:00.00,Title,b")) == 1


def test_the_page_has_the_canvas_s_size() -> None:
    made = page([], Size(1080, 1920), Box(0, 1500, 1080, 200))
    assert "PlayResX: 1080" in made
    assert "PlayResY: 1920" in made


def test_each_line_runs_in_the_direction_of_its_own_letters() -> None:
    made = page([], Size(1280, 720), BAND)
    styles = [line for line in made.splitlines() if line.startswith("Style:")]
    assert [each.rpartition(",")[2] for each in styles] == ["-1", "-1"]
