import pytest
from pydantic import Field

from noteai.engine.artifact import Artifact, Params
from noteai.engine.params import BadParameter, UnknownParameter, params_of
from noteai.engine.stage import stage
from noteai.engine.workflow import UnknownStage, workflow


class Ore(Artifact):
    kilograms: float = 1.0


class Iron(Artifact):
    kilograms: float = 1.0


class SmeltParams(Params):
    heat: float = Field(1500.0, ge=1000)
    fluxes: tuple[str, ...] = ()


@stage(version="1")
def smelt(ore: Ore, params: SmeltParams) -> Iron:
    return Iron(kilograms=ore.kilograms)


FORGE = workflow("forge", Ore, (smelt,))


def test_json_becomes_the_params_of_its_stage() -> None:
    chosen = {"smelt": {"heat": 1600, "fluxes": ["lime"]}}
    assert params_of(FORGE, chosen) == {"smelt": SmeltParams(heat=1600, fluxes=("lime",))}
    assert params_of(FORGE, {}) == {}


@pytest.mark.parametrize(
    ("chosen", "error", "field"),
    [
        ({"melt": {}}, UnknownStage, "params.melt"),
        ({"smelt": {"haet": 1}}, UnknownParameter, "params.smelt.haet"),
        ({"smelt": {"heat": 1}}, BadParameter, "params.smelt.heat"),
        ({"smelt": {"heat": float("nan")}}, BadParameter, "params.smelt.heat"),
        ({"smelt": {"heat": {"a": "b" * 100}}}, BadParameter, "params.smelt.heat"),
        ({"smelt": {"fluxes": ["lime", 3]}}, BadParameter, "params.smelt.fluxes.1"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(
    chosen: dict[str, dict[str, object]], error: type[BadParameter], field: str
) -> None:
    with pytest.raises(error) as caught:
        params_of(FORGE, chosen)
    assert caught.value.field == field
    assert len(caught.value.message) < 200


def test_all_that_is_wrong_is_said_at_once() -> None:
    chosen: dict[str, dict[str, object]] = {
        "melt": {},
        "smelt": {"haet": 1, "heat": 1, "fluxes": ["lime", 3, 4]},
    }
    with pytest.raises(UnknownStage) as caught:
        params_of(FORGE, chosen)
    assert [(each.field, each.code) for each in caught.value.wrong] == [
        ("params.melt", "unknown_stage"),
        ("params.smelt.haet", "unknown_parameter"),
        ("params.smelt.heat", "bad_parameter"),
        ("params.smelt.fluxes.1", "bad_parameter"),
        ("params.smelt.fluxes.2", "bad_parameter"),
    ]


def test_of_very_much_that_is_wrong_the_first_is_said() -> None:
    with pytest.raises(BadParameter) as caught:
        params_of(FORGE, {"smelt": {"fluxes": list(range(150))}})
    assert len(caught.value.wrong) == 100
