"""The analysis of lectures whose script writes vowels onto letters."""

import pytest
from spoken import lecture

from noteai.agents.content.asked_proof import plain, quoted_words
from noteai.agents.content.importance import novelty
from noteai.agents.content.phrases import phrases
from noteai.agents.content.titles import titles
from noteai.engine.artifact import FileRef
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.transcript import position
from noteai.timeline import span

NETWORKS = (
    "राउटर का काम पैकेट भेजना है।",
    "हर पैकेट राउटर की तालिका से जाता है।",
    "तालिका बताती है कि पैकेट किधर जाए।",
    "राउटर अपनी तालिका बदलता रहता है।",
)
CELLS = (
    "कोशिका में केन्द्रक होता है।",
    "केन्द्रक में गुणसूत्र रहते हैं।",
    "हर कोशिका विभाजन करती है।",
    "विभाजन में गुणसूत्र बँट जाते हैं।",
)


def test_phrases_of_hindi_are_whole_words() -> None:
    said = lecture([*NETWORKS, *CELLS], "hi")
    networks, _ = phrases(said, [range(4), range(4, 8)])
    assert {"राउटर", "पैकेट", "तालिका"} <= {each.text for each in networks}


def test_a_phrase_goes_on_after_a_word_that_ends_in_a_vowel_sign() -> None:
    said = lecture(["श्रेणी विश्लेषण"] * 3, "hi")
    assert phrases(said, [range(3)])[0][0].text == "श्रेणी विश्लेषण"


def test_new_terms_of_hindi_are_words_and_not_single_letters() -> None:
    said = lecture([*NETWORKS, *CELLS * 9], "hi")
    _, evidence = novelty(said)[0]
    assert [said.words[position(each)].text for each in evidence.words] == ["राउटर", "पैकेट"]


def test_a_quote_that_differs_in_a_vowel_copies_nothing() -> None:
    said = lecture(["कल का काम"], "hi")
    assert [word.text for word in quoted_words("का काम", said.words)] == ["का", "काम"]
    assert quoted_words("की कमी", said.words) == ()
    assert plain("की कमी।") == "की कमी"


@pytest.mark.parametrize("title", ["हिन्दी की ध्वनियाँ", "தமிழ் மொழி", "พื้นที่"])
def test_a_slide_may_be_entitled_in_any_script(title: str) -> None:
    said = lecture(NETWORKS[:1], "hi")
    slide = Slide(
        id="v0",
        title=title,
        text="",
        picture=FileRef(digest="0" * 64, media_type="image/png", size=1),
        visits=(span(0, 9),),
    )
    shown = LayoutTimeline(width=16, height=9, shots=(), slides=(slide,))
    assert titles([span(0, 9)], [[]], said.sentences[:1], shown)[0][0] == title
