from noteai.agents.layout.panels import Panel
from noteai.agents.layout.shots import Layout, joined, timed
from noteai.agents.layout.stretches import Content, Stretch
from noteai.lecture.layout import Box

SLIDES, CAMERA = Layout("slides"), Layout("camera")


def part(first: int, last: int, content: Content = "drawn", sure: float = 0.9) -> Stretch:
    return Stretch(first, last, None, content, sure)


def edge(index: int) -> float:
    return 10.0 * index


def test_neighbours_of_one_layout_are_one_shot() -> None:
    ways = [(part(0, 1), SLIDES), (part(2, 3, "film", 0.5), SLIDES), (part(4, 5), CAMERA)]
    groups = joined(ways, edge, 60.0, shortest=2.0)
    assert [(each.first, each.last, way.kind) for each, way in groups] == [
        (0, 3, "slides"), (4, 5, "camera"),
    ]  # fmt: skip
    assert groups[0][0].confidence == 0.7


def test_what_is_too_short_goes_to_its_neighbour() -> None:
    ways = [(part(0, 1), SLIDES), (part(2, 2), CAMERA), (part(3, 5), SLIDES)]
    groups = joined(ways, edge, 60.0, shortest=12.0)
    assert [(each.first, each.last) for each, _ in groups] == [(0, 5)]


def test_a_recording_shorter_than_a_shot_is_still_a_shot() -> None:
    assert len(joined([(part(0, 0), SLIDES)], edge, 1.0, shortest=2.0)) == 1


def test_shots_cover_the_recording_without_gaps() -> None:
    inset = Layout("slides_inset", None, Panel(0, 0, 10, 10))
    boxes = {SLIDES: (Box(0, 0, 64, 36), None), inset: (Box(0, 0, 64, 36), Box(0, 0, 20, 20))}
    shots = timed([(part(0, 1), SLIDES), (part(2, 5), inset)], 60.0, edge, boxes.__getitem__)
    assert [(each.start, each.end, each.kind) for each in shots] == [
        (0.0, 20.0, "slides"), (20.0, 60.0, "slides_inset"),
    ]  # fmt: skip
    assert shots[1].camera == Box(0, 0, 20, 20)
