import pytest

from noteai.engine.artifact import Artifact, Params
from noteai.engine.stage import Context, Need, WiringError, as_stage, stage


class Flour(Artifact):
    grams: int


class Salt(Artifact):
    grams: int


class Bread(Artifact):
    loaves: int


class BakeParams(Params):
    heat: int = 220


class Oven:
    identity = "oven"


@stage(version="3", queue="kitchen")
def bake(
    flour: Flour, salt: Salt | None, params: BakeParams, oven: Oven | None, ctx: Context
) -> Bread:
    """Bread."""
    return Bread(loaves=flour.grams // 500)


def test_a_signature_says_everything() -> None:
    made = as_stage(bake)
    assert (made.name, made.version, made.queue) == ("bake", "3", "kitchen")
    assert made.needs == {"flour": Need(Flour, optional=False), "salt": Need(Salt, optional=True)}
    assert made.gives is Bread
    assert (made.params, made.params_name) == (BakeParams, "params")
    assert made.resources == {"oven": Oven | None}
    assert made.context_name == "ctx"


def test_a_stage_without_knobs_has_none() -> None:
    @stage(version="1")
    def mill(salt: Salt) -> Flour:
        return Flour(grams=salt.grams)

    assert as_stage(mill).params is Params
    assert as_stage(mill).params_name is None


def test_a_function_that_gives_no_artifact_is_refused() -> None:
    with pytest.raises(WiringError, match="must return an Artifact"):
        stage(version="1")(lambda: 3)  # type: ignore[type-var]


def test_a_parameter_without_a_type_is_refused() -> None:
    def knead(dough) -> Bread:  # type: ignore[no-untyped-def]  # noqa: ANN001
        return Bread(loaves=1)

    with pytest.raises(WiringError, match="dough"):
        stage(version="1")(knead)


def test_two_sets_of_params_are_refused() -> None:
    def knead(one: BakeParams, two: BakeParams) -> Bread:
        return Bread(loaves=1)

    with pytest.raises(WiringError, match="one Params"):
        stage(version="1")(knead)


def test_a_plain_function_is_no_stage() -> None:
    with pytest.raises(WiringError, match="decorate"):
        as_stage(lambda: Bread(loaves=1))
