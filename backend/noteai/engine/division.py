"""The parts of a stage's work: done by whoever holds the stage, and by whoever helps.

Results travel through the cache. Whatever is lost or done twice among helpers changes nothing but
the time that it takes: what is missing in the end is made by the holder.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from noteai import telemetry, tracing
from noteai.engine.artifact import Artifact
from noteai.engine.call import Call, answer, find, prepare_part
from noteai.engine.desk import Desk, open_desk
from noteai.engine.events import Event
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt, PartOrder, Taken
from noteai.engine.stage import Part
from noteai.engine.world import Run, World
from noteai.errors import Cancelled

_MOMENT = 0.5
"""Seconds between two looks at how far the others are."""


@dataclass
class Division:
    """One call of `Context.each`: `desk` is the stage's, and hears how far it is `until` there."""

    world: World
    attempt: Attempt
    desk: Desk
    calls: Sequence[Call]
    until: float = 1.0
    _made: dict[int, Manifest] = field(default_factory=dict)
    _fractions: dict[int, float] = field(default_factory=dict)
    _paid: dict[int, float] = field(default_factory=dict)
    _looked: float = 0.0
    _is_shared: bool = False

    def __post_init__(self) -> None:
        self._begin = self.desk.reached

    def results(self) -> list[Artifact]:
        """What each call gives, in order.

        Raises: what a part raises that the holder did; Cancelled.
        """
        for number, call in enumerate(self.calls):
            if found := find(call, self.world.store):
                self._keep(number, found)
        left = [number for number in range(len(self.calls)) if number not in self._made]
        try:
            if len(left) > 1:
                self._share(left)
        finally:
            self.world.parts.close(self.attempt)
        for number in left:
            self._make(number)
        self._hand_over()
        return [call.result(self._made[number]) for number, call in enumerate(self.calls)]

    def _share(self, numbers: Iterable[int]) -> None:
        """Offer these parts, and do what nobody else does until all are done."""
        parts = self.world.parts
        if not parts.offer(self.attempt, [self._order(number) for number in numbers]):
            raise Cancelled
        self._is_shared = True
        while self._look():
            if taken := parts.take(self.attempt):
                number = taken.order.number
                self._make(number)
                parts.done(taken, self._paid.get(number, 0.0))
            else:
                self.world.cancelled.wait(_MOMENT)
        self._is_shared = False

    def _order(self, number: int) -> PartOrder:
        call = self.calls[number]
        (order,) = call.inputs.values()
        assert order is not None
        return PartOrder(number, call.agent.name, order.model_dump(mode="json"))

    def _look(self) -> bool:
        """See how far everybody is: whether anything is left to do or to wait for."""
        standing = self.world.parts.standing(self.attempt)
        if not standing:
            raise Cancelled
        self._looked = time.monotonic()
        for each in standing:
            self._reach(each.number, 1.0 if each.state == "done" else each.fraction)
            if each.state == "done" and each.number not in self._made:
                self._paid[each.number] = each.cost
                self._fetch(each.number)
        self._tell()
        return any(each.state != "done" for each in standing)

    def _fetch(self, number: int) -> None:
        """At once, before anybody may tidy it up; what is missing is made in the end."""
        if found := find(self.calls[number], self.world.store):
            self._made[number] = found

    def _make(self, number: int) -> None:
        """Also finds what a helper made, be it one that died before it said so."""
        if number in self._made:
            return
        call = self.calls[number]

        def say(fraction: float) -> None:
            self._hear(number, fraction)

        world = self.world
        desk = open_desk(world.scratch, call.agent.name, world.store, world.cancelled, say)
        with tracing.span(f"part {call.agent.name}", part=number):
            manifest = answer(call, world.store, desk, self.attempt.number)
        if manifest.source == "ran":
            self._paid[number] = self._paid.get(number, 0.0) + manifest.cost
        self._keep(number, manifest)

    def _hear(self, number: int, fraction: float) -> None:
        self._reach(number, fraction)
        if self._is_shared and time.monotonic() - self._looked > _MOMENT:
            self._look()
        else:
            self._tell()

    def _reach(self, number: int, fraction: float) -> None:
        self._fractions[number] = max(fraction, self._fractions.get(number, 0.0))

    def _tell(self) -> None:
        done = sum(self._fractions.values()) / len(self.calls)
        self.desk.progress(self._begin + (self.until - self._begin) * done)

    def _keep(self, number: int, manifest: Manifest) -> None:
        self._made[number] = manifest
        self._reach(number, 1.0)
        self._tell()

    def _hand_over(self) -> None:
        """The stage answers for what its parts kept, cost and took."""
        for number in range(len(self.calls)):
            self.desk.kept.extend(self._made[number].files)
            self.desk.parts.append(self._made[number].key)
        peaks = (each.peak_memory for each in self._made.values() if each.source == "ran")
        self.desk.peak_memory = max(self.desk.peak_memory, *peaks, 0)
        self.desk.charge(sum(self._paid.values()))


def help_out(run: Run, taken: Taken, world: World) -> None:
    """Do a part for whoever holds its stage; what goes wrong is for the holder to see.

    Raises:
        Cancelled: it was told to stop; the part was given back.
    """
    try:
        manifest = _helped(run, taken, world)
    except Cancelled:
        world.parts.release(taken)
        raise
    except Exception as raised:  # noqa: BLE001 - the holder meets the same and answers for it
        log = telemetry.logger().bind(job=taken.attempt.run, stage=taken.attempt.stage)
        log.info("part_left", part=taken.order.number, reason=repr(raised))
        world.parts.leave(taken)
        return
    if manifest.is_degraded:  # not in the cache, where the holder would look for it
        world.parts.leave(taken)
    else:
        world.parts.done(taken, manifest.cost if manifest.source == "ran" else 0.0)


def part_call(run: Run, stage: str, part: Part, order: Artifact, world: World) -> Call:
    return prepare_part(part, order, run.params_of(stage), world.resources)


def _helped(run: Run, taken: Taken, world: World) -> Manifest:
    stage = run.workflow.stage(taken.attempt.stage)
    part = stage.part(taken.order.part)
    order = part.order.model_validate(taken.order.order)
    call = part_call(run, stage.name, part, order, world)

    def say(fraction: float) -> None:
        kind = "stage_progressed"
        world.events.emit(Event(kind=kind, run=run.id, stage=stage.name, fraction=fraction))

    desk = open_desk(world.scratch, part.name, world.store, world.cancelled, say)
    with tracing.span(f"part {part.name}", part=taken.order.number):
        return answer(call, world.store, desk, taken.attempt.number)
