"""The page in a real browser, opened from disk."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Job

browser = pytest.importorskip("browser", reason="the driver needs websockets")

pytestmark = pytest.mark.skipif(browser.program() is None, reason="there is no Chromium here")

SEEN = """(element) => {
  const box = element.getBoundingClientRect();
  return (Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)) / box.height;
}"""
"""How much of an element's height is in the window."""
IS_WIDER = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def page(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Iterator["browser.Page"]:
    with browser.browsing(tmp_path_factory.mktemp("browser")) as opened:
        opened.size(1300, 900)
        opened.open((job.out / "index.html").as_uri())
        yield opened


@pytest.fixture(autouse=True)
def no_complaints(page: "browser.Page") -> Iterator[None]:
    """Whatever a test does, the browser has nothing to say against the page."""
    page.complaints.clear()
    yield
    page.value("1")
    assert page.complaints == []


def test_every_clip_and_the_recording_can_be_played(page: "browser.Page", job: Job) -> None:
    clips = len(list((job.out / "clips").glob("*.mp4")))
    ready = "[...document.querySelectorAll('video')].filter((v) => v.readyState >= 1).length"
    page.wait_for(f"{ready} === {clips + 1}")
    assert page.value("[...document.querySelectorAll('video')].every((v) => v.videoWidth > 0)")


def test_a_clip_plays_with_its_captions_and_the_lecture_follows(page: "browser.Page") -> None:
    page.click_on(".card .start")
    page.wait_for("document.querySelector('.card video').currentTime > 0.5")
    start = float(page.value("document.querySelector('.card').dataset.start"))
    assert page.value("document.querySelector('.card video').textTracks[0].cues.length") > 0
    assert page.value("document.querySelector('.card video').textTracks[0].mode") == "showing"
    now = page.value("Number(document.querySelector('#timeline').ariaValueNow)")
    assert start - 1 <= now <= start + 10


def test_a_clip_that_has_ended_can_be_started_again(page: "browser.Page") -> None:
    page.value("document.querySelector('.card video').play()")
    page.wait_for("document.querySelector('.card').classList.contains('playing')")
    page.value(
        "(v => { v.currentTime = v.duration - 0.2; })(document.querySelector('.card video'))"
    )
    page.wait_for("document.querySelector('.card .start').checkVisibility()")
    page.click_on(".card .start")
    page.wait_for("!document.querySelector('.card video').ended")
    page.value("document.querySelector('.card video').pause()")


def test_one_switch_shows_the_captions_of_the_clips_and_of_the_recording(
    page: "browser.Page",
) -> None:
    tracks = "[...document.querySelectorAll('video')].map((v) => v.textTracks[0])"
    assert page.value(f"{tracks}.every((t) => t.cues.length && t.mode === 'showing')")
    page.click_on("#captions")
    assert page.value(f"{tracks}.every((t) => t.mode === 'hidden')")
    page.click_on("#captions")


def test_a_click_on_the_timeline_goes_there(page: "browser.Page") -> None:
    page.click_on("#timeline")
    page.wait_for("!document.querySelector('#recording').seeking")
    middle = page.value("document.querySelector('#recording').duration / 2")
    assert page.value("document.querySelector('#recording').currentTime") == pytest.approx(
        middle, abs=1.5
    )
    assert page.value("document.querySelector('.card video').paused")
    assert page.value("document.querySelector('#tip .when').textContent")


def test_the_timeline_obeys_the_keyboard(page: "browser.Page") -> None:
    page.value("document.querySelector('#timeline').focus()")
    page.press("Home")
    page.press("ArrowRight")
    page.press("ArrowRight")
    assert page.value("document.querySelector('#timeline').ariaValueNow") == "10"


def test_the_timeline_goes_on_where_a_clip_has_played(page: "browser.Page") -> None:
    page.press("Home")
    page.value("document.querySelector('.card video').play()")
    page.wait_for("document.querySelector('.card video').currentTime > 1.5")
    page.value("document.querySelector('.card video').pause()")
    page.value("document.querySelector('#timeline').focus()")
    now = float(page.value("document.querySelector('#timeline').ariaValueNow"))
    page.press(" ")
    page.wait_for("!document.querySelector('#recording').paused")
    page.value("document.querySelector('#recording').pause()")
    at = page.value("document.querySelector('#recording').currentTime")
    assert at == pytest.approx(now, abs=2)


def test_the_timeline_stays_where_it_was_scrolled_to(page: "browser.Page") -> None:
    for _ in range(3):
        page.click_on("#in")
    page.value("document.querySelector('#timeline').focus()")
    page.press("Home")
    box = page.value(
        "Object.values(document.querySelector('.rolls').getBoundingClientRect().toJSON())"
    )
    at = {"x": box[0] + 200, "y": box[1] + 100}
    page.call("Input.dispatchMouseEvent", type="mouseWheel", deltaX=3000, deltaY=0, **at)
    page.wait_for("document.querySelector('.rolls').scrollLeft > 1000")
    page.press(" ")
    page.wait_for("document.querySelector('#recording').currentTime > 0.7")
    assert page.value("document.querySelector('.rolls').scrollLeft") > 1000
    page.press("Home")
    page.wait_for("document.querySelector('.rolls').scrollLeft < 10")
    page.value("document.querySelector('#recording').pause()")
    for _ in range(3):
        page.click_on("#out")


def test_a_click_on_a_sentence_seeks_into_it(page: "browser.Page", job: Job) -> None:
    sentences = json.loads((job.out / "transcript.json").read_text())["sentences"]
    page.value("document.querySelectorAll('.s')[3].id = 'fourth'")
    page.click_on("#fourth")
    at = "document.querySelector('#recording').currentTime"
    page.wait_for(f"{at} >= {sentences[3]['start'] - 0.1} && {at} <= {sentences[3]['end'] + 1}")
    page.value("document.querySelector('#recording').pause()")


def test_a_search_counts_and_steps(page: "browser.Page", job: Job) -> None:
    text = json.loads((job.out / "transcript.json").read_text())["sentences"]
    count = sum(each["text"].lower().count("the ") for each in text)
    page.click_on("#query")
    page.call("Input.insertText", text="the ")
    page.wait_for("document.querySelector('#found').textContent")
    said = page.value("document.querySelector('#found').textContent")
    assert int(said.rpartition(" ")[2]) >= count
    assert page.value("CSS.highlights.get('found-now').size") == 1
    page.click_on("#after")
    assert page.value("document.querySelector('#found').textContent") != said


def test_a_slide_opens_in_large(page: "browser.Page") -> None:
    page.click_on(".look")
    assert page.value("document.querySelector('dialog').open")
    page.wait_for("document.querySelector('dialog img').naturalWidth > 0")
    page.click_on("dialog [data-close]")
    assert not page.value("document.querySelector('dialog').open")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1300])
def test_nothing_runs_out_of_the_window(page: "browser.Page", scheme: str, width: int) -> None:
    page.scheme(scheme)
    page.size(width, 800, is_phone=width < 500)
    assert not page.value(IS_WIDER)


@pytest.mark.parametrize("query", [".s", ".chapters li:last-child .topic", ".visits .time"])
@pytest.mark.parametrize(("width", "height"), [(360, 800), (800, 360), (1300, 900)])
def test_the_player_is_in_sight_after_a_click_on_a_time(
    page: "browser.Page", query: str, width: int, height: int
) -> None:
    page.size(width, height, is_phone=width < 1000)
    page.click_on(query)
    page.wait_for(f"({SEEN})(document.querySelector('.screen')) >= 0.5")
    page.value("document.querySelector('#recording').pause()")


def test_on_a_phone_times_can_be_hit_and_lanes_have_names(page: "browser.Page") -> None:
    page.size(360, 800, is_phone=True)
    low = "[...document.querySelectorAll('.time')].filter((e) => e.offsetHeight < 24).length"
    assert page.value(low) == 0
    assert page.value("document.querySelector('.l-sound').checkVisibility()")


def test_in_print_stand_no_controls_and_no_player(page: "browser.Page") -> None:
    page.size(800, 1000)
    page.call("Emulation.setEmulatedMedia", media="print")
    shown = "[...document.querySelectorAll('.find, .screen, .choices, .get')]"
    assert not page.value(f"{shown}.some((e) => e.checkVisibility())")
    hidden = "getComputedStyle(document.querySelector('.gallery li')).contentVisibility"
    assert page.value(hidden) == "visible"
    page.call("Emulation.setEmulatedMedia", media="")


def test_a_page_without_its_recording_shows_the_slides_instead(
    page: "browser.Page", job: Job, tmp_path: Path
) -> None:
    for file in job.out.rglob("*"):
        if file.is_file():
            place = tmp_path / "moved" / "away" / file.relative_to(job.out)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(file)
    page.size(1300, 900)
    page.open((tmp_path / "moved" / "away" / "index.html").as_uri())
    page.wait_for("!document.querySelector('#still').hidden")
    page.click_on("#timeline")
    page.wait_for("document.querySelector('#still img').naturalWidth > 0")
    page.complaints.clear()  # the file that is missing was said
