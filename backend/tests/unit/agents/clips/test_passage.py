from fractions import Fraction

from noteai.agents.clips.composition import Size
from noteai.agents.clips.passage import inner_pauses, snapshots, takes
from noteai.lecture.layout import Box, Shot, ShotKind
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Word
from noteai.media.cuts import Cut
from noteai.timeline import span

HD = Size(1280, 720)
STAGE = Box(0, 0, 1280, 720)
CUT = Cut(start=10.0, rate=Fraction(10), kept=((0, 100),))
SCREEN = Box(100, 50, 800, 600)


def shot(start: float, end: float, kind: ShotKind) -> Shot:
    screen = SCREEN if kind == "slides" else None
    return Shot(start=start, end=end, kind=kind, confidence=1, screen=screen, camera=None)


def words(*times: tuple[float, float]) -> list[Word]:
    return [
        Word(id=f"w{n}", start=start, end=end, text="so", probability=1)
        for n, (start, end) in enumerate(times)
    ]


def test_pauses_stay_unless_asked() -> None:
    assert inner_pauses(span(0, 20), words((1, 2), (9, 10)), None) == []


def test_a_long_pause_shrinks_to_the_limit() -> None:
    assert inner_pauses(span(0, 20), words((1, 2), (9, 10)), 1.0) == [span(2.5, 8.5)]


def test_a_pause_at_the_edge_of_the_passage_is_not_an_inner_one() -> None:
    assert inner_pauses(span(5, 20), words((1, 2), (9, 10)), 1.0) == []


def test_what_is_heard_between_words_is_kept() -> None:
    """Captions say when a line is shown, and not how long its words last."""
    said = words((1, 2), (9, 10), (12, 13))
    quiet = silences((0, 1), (1.5, 2.5), (5, 8.5), (10, 10.5), (10.8, 12))
    assert inner_pauses(span(0, 20), said, 1.0, quiet) == [span(5.5, 8), span(11.3, 11.5)]


def test_nothing_is_left_out_where_it_is_never_silent() -> None:
    assert inner_pauses(span(0, 20), words((1, 2), (9, 10)), 1.0, silences()) == []


def silences(*times: tuple[float, float]) -> SilenceMap:
    spans = (Silence(start=a, end=b, kind="pause", level_db=-50) for a, b in times)
    return SilenceMap(duration=20, spans=tuple(spans))


def test_without_a_layout_one_take_covers_the_clip() -> None:
    (take,) = takes((), CUT, HD, STAGE)
    assert (take.first, take.end) == (0, 100)


def test_a_change_of_layout_begins_a_take() -> None:
    known = (shot(0, 14, "camera"), shot(14, 60, "slides"))
    assert [(t.first, t.end) for t in takes(known, CUT, HD, STAGE)] == [(0, 40), (40, 100)]


def test_shots_that_look_the_same_are_one_take() -> None:
    assert len(takes((shot(0, 14, "camera"), shot(14, 60, "board")), CUT, HD, STAGE)) == 1


def test_a_flash_keeps_the_scene_before_it() -> None:
    known = (shot(0, 14, "camera"), shot(14, 14.1, "slides"), shot(14.1, 60, "camera"))
    assert len(takes(known, CUT, HD, STAGE)) == 1


def test_a_shot_in_a_removed_pause_makes_no_take() -> None:
    cut = Cut(start=0.0, rate=Fraction(10), kept=((0, 20), (60, 100)))
    known = (shot(0, 3, "camera"), shot(3, 5, "slides"), shot(5, 10, "camera"))
    assert len(takes(known, cut, HD, STAGE)) == 1


def test_candidates_lie_between_the_fades_and_include_a_finished_slide() -> None:
    frames = snapshots((13.25, 40.0), CUT, fade=0.5)
    assert 30 in frames
    assert (frames[0], frames[-1]) == (5, 94)


def test_the_shortest_clip_has_a_candidate() -> None:
    assert snapshots((), Cut(0.0, Fraction(10), ((0, 1),)), fade=0.0) == (0,)
