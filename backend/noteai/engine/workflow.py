"""A workflow is a name and a tuple of agents; their types draw the edges."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from noteai.engine.artifact import Artifact
from noteai.engine.stage import Need, Stage, WiringError, as_stage
from noteai.errors import InputError


class UnknownStage(InputError):
    """There is no stage `{stage}` in the workflow `{workflow}`."""

    hint = "Its stages are: {stages}."
    exit_status = 26


class StageRequired(InputError):
    """The stage `{stage}` cannot be switched off: `{consumer}` needs what it gives."""

    hint = "Switch `{consumer}` off as well."
    exit_status = 28


@dataclass(frozen=True)
class Workflow:
    """Stages in an order in which each finds its needs given or made before it.

    Raises:
        WiringError: two give the same type, or a need is met by nothing before it.
    """

    name: str
    given: tuple[type[Artifact], ...]
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        made: set[type[Artifact]] = set(self.given)
        for stage in self.stages:
            for need in stage.needs.values():
                if need.type not in made and not need.optional:
                    raise WiringError(f"{self.name}: nothing gives {stage.name} {need.type}")
            if stage.gives in made:
                raise WiringError(f"{self.name}: {stage.gives} is given twice")
            made.add(stage.gives)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)

    def stage(self, name: str) -> Stage:
        """Raises: UnknownStage."""
        for each in self.stages:
            if each.name == name:
                return each
        raise UnknownStage(stage=name, workflow=self.name, stages=", ".join(self.names))

    def giver(self, artifact: type[Artifact]) -> Stage | None:
        return next((stage for stage in self.stages if stage.gives is artifact), None)

    def upstream(self, stage: Stage) -> tuple[tuple[Stage, Need], ...]:
        """The stages whose results `stage` takes, each with how it needs them."""
        makers = ((self.giver(need.type), need) for need in stage.needs.values())
        return tuple((maker, need) for maker, need in makers if maker)

    def required(self, stage: Stage) -> set[str]:
        """The names of `stage` and of all upstream of it that it cannot do without."""
        makers = (maker for maker, need in self.upstream(stage) if not need.optional)
        return {stage.name}.union(*(self.required(maker) for maker in makers))

    def without(self, names: Iterable[str]) -> "Workflow":
        """The same with some stages switched off.

        Raises:
            UnknownStage: a name is none of its stages.
            StageRequired: what stays needs what would go.
        """
        gone = {self.stage(name).name for name in names}
        if not gone:
            return self
        for stage in self.stages:
            for maker, need in self.upstream(stage):
                if stage.name not in gone and maker.name in gone and not need.optional:
                    raise StageRequired(stage=maker.name, consumer=stage.name)
        return replace(self, stages=tuple(s for s in self.stages if s.name not in gone))

    def given_also(self, artifact: type[Artifact]) -> "Workflow":
        """The same where `artifact` is brought along instead of made."""
        stages = tuple(stage for stage in self.stages if stage.gives is not artifact)
        return replace(self, given=(*self.given, artifact), stages=stages)

    @cached_property
    def waves(self) -> tuple[tuple[Stage, ...], ...]:
        """Stages that can run side by side, wave after wave."""
        depth: dict[str, int] = {}
        for stage in self.stages:
            makers = [depth[maker.name] for maker, _ in self.upstream(stage)]
            depth[stage.name] = max(makers, default=-1) + 1
        levels = range(max(depth.values(), default=-1) + 1)
        return tuple(tuple(s for s in self.stages if depth[s.name] == n) for n in levels)


def workflow(
    name: str,
    given: type[Artifact] | tuple[type[Artifact], ...],
    agents: Iterable[Callable[..., Artifact]],
) -> Workflow:
    """A workflow of decorated functions; one that does not fit together is a `WiringError`.

    What is given may be lacking in a run where every stage can do without it.
    """
    kinds = given if isinstance(given, tuple) else (given,)
    return Workflow(name, kinds, tuple(as_stage(agent) for agent in agents))
