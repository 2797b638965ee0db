from dataclasses import replace

from noteai.export import Finished
from noteai.export.paragraphs import as_text, sections


def test_a_sentence_belongs_to_the_topic_in_which_it_starts(lecture: Finished) -> None:
    found = sections(lecture.transcript, lecture.topics)
    said = [[each.text for p in part.paragraphs for each in p.sentences] for part in found]
    assert said == [["We begin."], ["𝔛 is </script>.", "Done."]]


def test_a_pause_begins_a_paragraph(lecture: Finished) -> None:
    (whole,) = sections(lecture.transcript, ())
    assert [each.start for each in whole.paragraphs] == [2.0, 18.0, 42.0]


def test_plain_text_has_title_headings_and_times(lecture: Finished) -> None:
    assert lecture.transcript
    assert as_text("My\nlecture", lecture.transcript, lecture.topics) == (
        "My lecture\n\n\nA <start>\n\n[0:02] We begin.\n\n\n"
        "B = 2; \\ #\n\n[0:18] 𝔛 is </script>.\n\n[0:42] Done.\n"
    )


def test_plain_text_of_silence_is_its_title(lecture: Finished) -> None:
    silent = replace(lecture, transcript=None)
    assert [each.paragraphs for each in sections(None, silent.topics)] == [(), ()]
    assert lecture.transcript
    nothing = lecture.transcript.model_copy(update={"sentences": (), "words": ()})
    assert as_text("Quiet", nothing, ()) == "Quiet\n"
