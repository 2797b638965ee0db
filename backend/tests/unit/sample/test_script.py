import numpy as np
import pytest

from noteai.sample.script import Course, Line, course, parse_line, write


@pytest.fixture(scope="module")
def written() -> Course:
    return course()


def test_marks_of_a_line_say_what_it_is() -> None:
    line = parse_line("definition! > A link is defined as a wire.")
    assert (line.kind, line.important, line.dangling, line.optional) == (
        "definition",
        True,
        False,
        False,
    )
    assert parse_line("plain~? > That means little.").dangling
    assert parse_line("aside? > Close the window.").optional


@pytest.mark.parametrize("text", ["no mark at all", "plain >", "Plain > Upper case.", "joke: Ha."])
def test_a_line_that_is_not_marked_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line"):
        parse_line(text)


def test_plain_lines_and_asides_have_no_cue() -> None:
    assert Line(text="So.", kind="aside").cue is None
    assert Line(text="So.", kind="exam_hint").cue == "exam_hint"


def test_the_course_has_at_least_ten_sections_of_25_to_60_seconds(written: Course) -> None:
    assert len(written.sections) >= 10
    assert all(25 <= section.seconds <= 72 for section in written.sections)
    assert len({section.title for section in written.sections}) == len(written.sections)


def test_each_section_has_cues_and_a_sentence_that_leans_on_another(written: Course) -> None:
    for section in written.sections:
        cues = {line.cue for line in section.lines if line.important}
        assert "definition" in cues
        assert len(cues) >= 3
        assert any(line.dangling for line in section.lines)
        assert not section.lines[0].dangling


def test_no_section_names_its_place_in_the_lecture(written: Course) -> None:
    openers = " ".join(section.lines[0].text.lower() for section in written.sections)
    assert not {"finally", "last", "first", "begin"} & set(openers.split())


def test_words_are_written_as_they_are_spoken(written: Course) -> None:
    spoken = [line.text for section in written.sections for line in section.lines]
    assert not any(sign.isdigit() or sign in "-/&%()" for text in spoken for sign in text)


@pytest.mark.parametrize("minutes", [2.0, 4.0, 10.0, 60.0])
def test_a_script_is_about_as_long_as_asked(minutes: float) -> None:
    script = write(minutes, np.random.default_rng(3))
    assert sum(each.seconds for each in script.sections) == pytest.approx(minutes * 60, rel=0.1)


def test_a_short_script_keeps_two_topics_and_what_matters() -> None:
    script = write(0.5, np.random.default_rng(3))
    assert len(script.sections) == 2
    assert all(any(line.important for line in each.lines) for each in script.sections)


def test_sections_that_come_again_are_named_as_such() -> None:
    titles = [each.title for each in write(30, np.random.default_rng(3)).sections]
    assert len(set(titles)) == len(titles)
    assert any(title.endswith(", part 2") for title in titles)


def test_another_seed_tells_other_topics() -> None:
    first, again, other = (write(4, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert [each.title for each in first.sections] != [each.title for each in other.sections]


def test_the_opening_and_the_closing_stand_at_the_ends(written: Course) -> None:
    script = write(4, np.random.default_rng(3), written)
    assert script.sections[0].lines[: len(written.opening)] == written.opening
    assert script.sections[-1].lines[-len(written.closing) :] == written.closing


def test_no_definition_is_left_out_to_save_time(written: Course) -> None:
    script = write(2, np.random.default_rng(3), written)
    for told in script.sections:
        whole = next(each for each in written.sections if each.title == told.title)
        assert {line for line in whole.lines if line.important} <= set(told.lines)
