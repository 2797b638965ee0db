from typing import Literal

import pytest
from pydantic import Field
from rich.console import Console

from noteai.cli.options import params_of, table_of_params
from noteai.engine.artifact import Artifact, Params
from noteai.engine.params import BadParameter, UnknownParameter
from noteai.engine.stage import stage
from noteai.engine.workflow import UnknownStage, workflow
from noteai.workflows import HIGHLIGHTS, UnknownWorkflow, workflow_named


class Ore(Artifact):
    kilograms: float = 1.0


class Iron(Artifact):
    kilograms: float = 1.0


class SmeltParams(Params):
    heat: float = Field(1500.0, ge=1000, le=2000, description="degrees")
    limit: float | None = Field(None, description="none for no limit")
    fluxes: tuple[str, ...] = Field((), description="what is added")
    share: float = Field(0.5, gt=0, le=1, description="of the ore")
    fuel: Literal["coal", "coke"] = Field("coke", description="what burns")
    bellows: bool = Field(True, description="whether air is blown in")


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
        (
            "smelt.colour=1",
            "`smelt` takes: "
            + ", ".join(f"smelt.{name}" for name in SmeltParams.model_fields)
            + ".",
        ),
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


def test_every_parameter_is_in_the_table_as_it_may_be_set() -> None:
    table = table_of_params(FORGE)
    assert list(zip(*(column.cells for column in table.columns), strict=True)) == [
        ("smelt.heat", "1500.0", "1000 to 2000", "degrees"),
        ("smelt.limit", "none", "", "none for no limit"),
        ("smelt.fluxes", "", "", "what is added"),
        ("smelt.share", "0.5", "above 0 to 1", "of the ore"),
        ("smelt.fuel", "coke", "coal, coke", "what burns"),
        ("smelt.bellows", "true", "true, false", "whether air is blown in"),
    ]


def test_no_parameter_is_cut_short_in_a_narrow_terminal() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table_of_params(HIGHLIGHTS))
    said = captured.get()
    for each in HIGHLIGHTS.stages:
        for name in each.params.model_fields:
            assert f"{each.name}.{name} " in said
