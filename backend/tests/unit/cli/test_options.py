import pytest
from pydantic import Field

from noteai.cli.options import params_of, table_of_params
from noteai.engine.artifact import Artifact, Params
from noteai.engine.params import BadParameter, UnknownParameter
from noteai.engine.stage import stage
from noteai.engine.workflow import UnknownStage, workflow
from noteai.workflows import UnknownWorkflow, workflow_named


class Ore(Artifact):
    kilograms: float = 1.0


class Iron(Artifact):
    kilograms: float = 1.0


class SmeltParams(Params):
    heat: float = Field(1500.0, ge=1000, le=2000, description="degrees")
    limit: float | None = Field(None, description="none for no limit")
    fluxes: tuple[str, ...] = Field((), description="what is added")


@stage(version="1")
def smelt(ore: Ore, params: SmeltParams) -> Iron:
    return Iron(kilograms=ore.kilograms)


FORGE = workflow("forge", Ore, (smelt,))


def test_settings_become_the_params_of_their_stages() -> None:
    assert params_of(FORGE, ["smelt.heat=1600"]) == {"smelt": SmeltParams(heat=1600)}


def test_several_settings_of_a_stage_come_together() -> None:
    found = params_of(FORGE, ["smelt.heat=1600", " smelt.limit = 5 "])
    assert found == {"smelt": SmeltParams(heat=1600, limit=5)}


def test_none_is_a_value() -> None:
    assert params_of(FORGE, ["smelt.limit=none"]) == {"smelt": SmeltParams(limit=None)}


def test_several_values_stand_between_commas() -> None:
    assert params_of(FORGE, ["smelt.fluxes=lime, sand"]) == {
        "smelt": SmeltParams(fluxes=("lime", "sand"))
    }


def test_a_stage_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownStage, match="`melt`"):
        params_of(FORGE, ["melt.heat=1"])


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("smelt.haet=1", "Did you mean smelt.heat?"),
        ("smelt.colour=1", "`smelt` takes: smelt.heat, smelt.limit, smelt.fluxes."),
        ("heat", "Write STAGE.NAME=VALUE."),
        ("smelt.heat", "Write STAGE.NAME=VALUE."),
    ],
)
def test_a_parameter_that_is_not_there_gets_a_suggestion(text: str, suggestion: str) -> None:
    with pytest.raises(UnknownParameter) as caught:
        params_of(FORGE, [text])
    assert caught.value.remedy == suggestion


@pytest.mark.parametrize("value", ["12", "warm", "", "nan"])
def test_a_value_out_of_its_limits_is_refused(value: str) -> None:
    with pytest.raises(BadParameter) as caught:
        params_of(FORGE, [f"smelt.heat={value}"])
    assert "`smelt.heat`" in caught.value.message
    assert repr(value) in caught.value.message


def test_the_workflows_are_found_by_name() -> None:
    assert workflow_named("highlights").names[-1] == "clips"
    with pytest.raises(UnknownWorkflow) as caught:
        workflow_named("magic")
    assert caught.value.remedy == "There is: highlights."


def test_every_parameter_is_in_the_table() -> None:
    table = table_of_params(FORGE)
    assert list(table.columns[0].cells) == ["smelt.heat", "smelt.limit", "smelt.fluxes"]
    assert list(table.columns[3].cells) == ["degrees", "none for no limit", "what is added"]
