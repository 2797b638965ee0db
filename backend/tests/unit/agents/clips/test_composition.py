import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.agents.clips.composition import Canvas, Size, canvas, caption_size, close, compose
from noteai.lecture.clips import Aspect
from noteai.lecture.layout import Box, Shot, ShotKind

HD = Size(1280, 720)
STAGE = Box(0, 0, 1280, 720)
PHONE = Box(0, 0, 1080, 1920)


def shot(kind: ShotKind, screen: Box | None = None, camera: Box | None = None) -> Shot:
    return Shot(start=0, end=9, kind=kind, confidence=1, screen=screen, camera=camera)


SIDE = shot("side_by_side", Box(20, 120, 840, 472), Box(900, 220, 360, 270))
INSET = shot("slides_inset", Box(64, 36, 1152, 648), Box(1020, 0, 196, 110))


def crosses(a: Box, b: Box) -> bool:
    return a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h


def inside(box: Box, stage: Box) -> bool:
    across = stage.x <= box.x and box.x + box.w <= stage.x + stage.w
    return across and stage.y <= box.y and box.y + box.h <= stage.y + stage.h


@pytest.mark.parametrize(
    ("source", "aspect", "size"),
    [
        (HD, "16:9", (1280, 720)),
        (HD, "source", (1280, 720)),
        (HD, "9:16", (1080, 1920)),
        (HD, "1:1", (1080, 1080)),
        (Size(640, 480), "16:9", (854, 480)),
        (Size(3840, 2160), "16:9", (3840, 2160)),
        (Size(641, 361), "source", (642, 362)),
        (Size(1366, 768), "16:9", (1366, 768)),
        (Size(1080, 1920), "16:9", (1920, 1080)),
    ],
)
def test_the_canvas_holds_the_source_unscaled_where_it_may(
    source: Size, aspect: Aspect, size: tuple[int, int]
) -> None:
    assert canvas(source, aspect, 1080, captioned=False).size == size


def test_captions_get_a_band_that_panels_stay_out_of() -> None:
    made = canvas(HD, "16:9", 1080, captioned=True)
    assert not crosses(made.stage, made.band)
    assert made.band.y + made.band.h <= made.size.h


def drawn_on(aspect: Aspect, *shots: Shot | None) -> tuple[Canvas, Canvas]:
    """The canvas before and after its band is moved to the panels of the shots."""
    made = canvas(HD, aspect, 1080, captioned=True)
    return made, close(made, [compose(each, HD, made.stage) for each in shots])


def test_captions_stand_right_under_a_slide_alone_on_a_tall_canvas() -> None:
    made, closer = drawn_on("9:16", None)
    (panel,) = compose(None, HD, made.stage).panels
    gap = closer.band.y - panel.target.y - panel.target.h
    assert 0 < gap < caption_size(made.size) / 2
    assert panel.target.y + panel.target.h / 2 == pytest.approx(0.4 * made.size.h, rel=0.02)
    assert closer.stage == made.stage


def test_captions_stand_under_the_lowest_of_slides_that_follow_each_other() -> None:
    square = shot("slides", Box(320, 0, 640, 700))
    made, closer = drawn_on("9:16", None, square)
    (panel,) = compose(square, HD, made.stage).panels
    assert panel.target.y + panel.target.h <= closer.band.y < made.band.y


@pytest.mark.parametrize("aspect", ["16:9", "1:1", "source"])
def test_captions_stay_at_the_bottom_of_a_canvas_that_is_not_tall(aspect: Aspect) -> None:
    made, closer = drawn_on(aspect, None)
    assert closer == made


def test_captions_stay_where_a_speaker_stands_below_the_slides() -> None:
    made, closer = drawn_on("9:16", INSET, None)
    assert closer == made


def test_captions_keep_the_margin_under_a_panel_that_fills_a_tall_canvas() -> None:
    made, closer = drawn_on("9:16", shot("slides", Box(400, 0, 300, 700)))
    assert closer.band == made.band


@pytest.mark.parametrize("kind", ["unknown", "board", "screen", "blank", "camera", "slides"])
def test_without_boxes_the_picture_is_shown_whole_and_unscaled(kind: ShotKind) -> None:
    (panel,) = compose(shot(kind), HD, STAGE).panels
    assert panel.source == panel.target == Box(0, 0, 1280, 720)


def test_without_a_layout_the_picture_is_fitted_with_bars() -> None:
    (panel,) = compose(None, HD, PHONE).panels
    assert panel.source == Box(0, 0, 1280, 720)
    assert panel.target == Box(0, 656, 1080, 608)


def test_a_board_is_never_cropped_to_its_camera() -> None:
    (panel,) = compose(shot("board", camera=Box(0, 0, 640, 360)), HD, STAGE).panels
    assert panel.source == Box(0, 0, 1280, 720)


def test_slides_in_a_part_of_the_picture_fill_the_stage() -> None:
    (panel,) = compose(shot("slides", Box(160, 60, 960, 600)), HD, STAGE).panels
    assert panel.source == Box(160, 60, 960, 600)
    assert panel.target.h == 720


def test_slides_that_nearly_fill_the_picture_are_not_rescaled() -> None:
    (panel,) = compose(shot("slides", Box(10, 6, 1262, 710)), HD, STAGE).panels
    assert panel.source == panel.target == Box(0, 0, 1280, 720)


def test_the_speaker_stands_beside_larger_slides() -> None:
    slides, speaker = compose(SIDE, HD, STAGE).panels
    assert slides.target.w > 840
    assert speaker.target.x > slides.target.x + slides.target.w


def test_a_speaker_on_the_left_stays_on_the_left() -> None:
    mirrored = shot("side_by_side", Box(420, 120, 840, 472), Box(20, 220, 360, 270))
    slides, speaker = compose(mirrored, HD, STAGE).panels
    assert speaker.target.x + speaker.target.w < slides.target.x


def test_on_a_tall_canvas_the_speaker_stands_below_the_slides() -> None:
    slides, speaker = compose(INSET, HD, PHONE).panels
    assert slides.target.w == 1080
    assert speaker.target.y > slides.target.y + slides.target.h


def test_where_an_inset_was_lifted_out_its_old_place_is_covered() -> None:
    slides, _ = compose(INSET, HD, PHONE).panels
    assert slides.cover == Box(1020, 36, 196, 74)


def test_an_inset_stays_where_composing_would_shrink_the_slides() -> None:
    (panel,) = compose(INSET, HD, STAGE).panels
    assert panel.target == Box(0, 0, 1280, 720)


def test_a_camera_over_much_of_the_slides_is_left_as_it_is() -> None:
    large = shot("slides_inset", Box(0, 0, 1280, 720), Box(600, 300, 680, 420))
    assert len(compose(large, HD, PHONE).panels) == 1


boxes = st.builds(
    Box, st.integers(0, 900), st.integers(0, 500), st.integers(80, 380), st.integers(60, 220)
)


@given(boxes, boxes, st.sampled_from([STAGE, PHONE, Box(0, 0, 1080, 940)]))
def test_panels_lie_on_the_stage_apart_and_keep_their_shape(
    screen: Box, camera: Box, stage: Box
) -> None:
    panels = compose(shot("slides_inset", screen, camera), HD, stage).panels
    assert all(inside(panel.target, stage) for panel in panels)
    assert len(panels) == 1 or not crosses(panels[0].target, panels[1].target)
    for panel in panels:
        across, down = panel.target.w / panel.source.w, panel.target.h / panel.source.h
        assert abs(across - down) < 2.1 / min(panel.source.w, panel.source.h)
