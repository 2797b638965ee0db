import pytest

from noteai.engine.artifact import Artifact
from noteai.engine.stage import WiringError, stage
from noteai.engine.workflow import StageRequired, UnknownStage, Workflow, workflow


class A(Artifact):
    n: int = 0


class B(Artifact):
    n: int = 0


class C(Artifact):
    n: int = 0


class D(Artifact):
    n: int = 0


@stage(version="1")
def b(a: A) -> B:
    return B(n=a.n + 1)


@stage(version="1")
def c(a: A) -> C:
    return C(n=a.n + 1)


@stage(version="1")
def d(b: B, c: C | None) -> D:
    return D(n=b.n)


@pytest.fixture
def diamond() -> Workflow:
    return workflow("diamond", A, (b, c, d))


def test_types_draw_the_edges(diamond: Workflow) -> None:
    assert [maker.name for maker, _ in diamond.upstream(diamond.stage("d"))] == ["b", "c"]


def test_stages_that_need_nothing_of_each_other_share_a_wave(diamond: Workflow) -> None:
    assert [[each.name for each in wave] for wave in diamond.waves] == [["b", "c"], ["d"]]


def test_a_need_that_nothing_meets_is_refused() -> None:
    with pytest.raises(WiringError, match="nothing gives d"):
        workflow("lame", A, (c, d))


def test_a_tuple_out_of_order_is_refused() -> None:
    with pytest.raises(WiringError):
        workflow("upside down", A, (d, b, c))


def test_one_type_is_made_once() -> None:
    with pytest.raises(WiringError, match="twice"):
        workflow("double", A, (b, b))


def test_what_is_optional_can_be_switched_off(diamond: Workflow) -> None:
    assert diamond.without(["c"]).names == ("b", "d")


def test_what_a_consumer_requires_cannot(diamond: Workflow) -> None:
    with pytest.raises(StageRequired, match=r"`b` cannot be switched off: `d` needs"):
        diamond.without(["b"])


def test_it_can_when_the_consumer_goes_too(diamond: Workflow) -> None:
    assert diamond.without(["b", "d"]).names == ("c",)


def test_an_unknown_stage_is_named_with_those_there_are(diamond: Workflow) -> None:
    with pytest.raises(UnknownStage) as caught:
        diamond.without(["e"])
    assert caught.value.remedy == "Its stages are: b, c, d."


def test_what_is_brought_along_is_not_made(diamond: Workflow) -> None:
    brought = diamond.given_also(B)
    assert brought.names == ("c", "d")
    assert brought.upstream(brought.stage("d")) == diamond.upstream(diamond.stage("d"))[1:]
