"""What every `Parts` does."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from jobbing import Office, at_once

from noteai.engine.own_parts import OwnParts
from noteai.engine.ports import Attempt, PartOrder, Parts, PartStanding, Taken


@dataclass(frozen=True)
class Subject:
    """Parts, an attempt at the stage `left` of a run, and a way to have another follow it."""

    parts: Parts
    attempt: Attempt
    succeed: Callable[[], Attempt]

    def offer(self, count: int = 3) -> None:
        assert self.parts.offer(self.attempt, orders(count))

    def help(self) -> Taken | None:
        return self.parts.help(self.attempt.run, "left")

    def states(self) -> list[str]:
        return [each.state for each in self.parts.standing(self.attempt)]


def orders(count: int) -> list[PartOrder]:
    return [PartOrder(number, "slice", {"what": f"no. {number}"}) for number in range(count)]


@pytest.fixture(params=["memory", "sql"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "memory":
        return Subject(OwnParts(), Attempt("r", "left", 1), lambda: Attempt("r", "left", 2))
    office = Office(request.getfixturevalue("database"))
    run = office.submit()
    office.do(run, "first")

    def succeed() -> Attempt:
        office.let_die(run, "left")
        return office.claimed(run, "left")

    return Subject(office.parts(), office.claimed(run, "left"), succeed)


def taken(found: Taken | None) -> Taken:
    assert found is not None
    return found


def test_what_was_offered_is_taken_in_order_and_once(subject: Subject) -> None:
    subject.offer(3)
    found = [taken(subject.parts.take(subject.attempt)) for _ in range(3)]
    assert [each.order for each in found] == orders(3)
    assert subject.parts.take(subject.attempt) is None
    assert subject.states() == ["running"] * 3


def test_holder_and_helper_take_different_parts(subject: Subject) -> None:
    subject.offer(2)
    mine, theirs = taken(subject.parts.take(subject.attempt)), taken(subject.help())
    assert (mine.order.number, theirs.order.number) == (0, 1)
    assert theirs.attempt == subject.attempt
    assert subject.help() is None


def test_of_many_who_take_at_once_each_gets_another(subject: Subject) -> None:
    subject.offer(8)
    mine = [lambda: subject.parts.take(subject.attempt)] * 4
    found = at_once([*mine, *[subject.help] * 8])
    numbers = [each.order.number for each in found if each]
    assert sorted(numbers) == list(range(8))


def test_without_an_offer_there_is_nothing_to_do(subject: Subject) -> None:
    assert subject.help() is None
    assert subject.parts.take(subject.attempt) is None
    assert not subject.parts.standing(subject.attempt)


def test_what_is_done_says_what_it_cost(subject: Subject) -> None:
    subject.offer(2)
    assert subject.parts.done(taken(subject.help()), 0.25)
    first, second = subject.parts.standing(subject.attempt)
    assert first == PartStanding(0, "done", 1.0, 0.25)
    assert second == PartStanding(1, "ready")


def test_how_far_a_part_is_never_falls(subject: Subject) -> None:
    subject.offer(1)
    part = taken(subject.help())
    for fraction in (0.5, 0.25):
        assert subject.parts.beat(part, fraction)
    assert subject.parts.standing(subject.attempt)[0].fraction == 0.5


def test_what_was_left_is_for_the_holder_alone(subject: Subject) -> None:
    subject.offer(1)
    assert subject.parts.leave(taken(subject.help()))
    assert subject.states() == ["own"]
    assert subject.help() is None
    assert taken(subject.parts.take(subject.attempt)).order.number == 0


def test_what_was_given_back_is_for_whoever_comes(subject: Subject) -> None:
    subject.offer(1)
    before = taken(subject.help())
    assert subject.parts.release(before)
    assert subject.states() == ["ready"]
    assert taken(subject.help()).take > before.take


@pytest.mark.parametrize("late", ["beat", "done", "leave", "release"])
def test_one_that_was_taken_over_changes_nothing(subject: Subject, late: str) -> None:
    subject.offer(1)
    stale = taken(subject.help())
    subject.parts.release(stale)
    subject.help()
    assert not ENDS[late](subject.parts, stale)
    assert subject.states() == ["running"]


@pytest.mark.parametrize("late", ["beat", "done", "leave", "release"])
def test_one_whose_stage_has_another_attempt_changes_nothing(subject: Subject, late: str) -> None:
    subject.offer(1)
    stale = taken(subject.help())
    successor = subject.succeed()
    assert subject.parts.offer(successor, orders(1))
    assert not ENDS[late](subject.parts, stale)
    assert [each.state for each in subject.parts.standing(successor)] == ["ready"]


def test_a_successor_replaces_what_was_offered(subject: Subject) -> None:
    subject.offer(3)
    successor = subject.succeed()
    assert subject.parts.offer(successor, orders(2))
    assert not subject.parts.standing(subject.attempt)
    assert len(subject.parts.standing(successor)) == 2
    assert taken(subject.help()).attempt == successor


def test_a_stale_attempt_replaces_nothing(subject: Subject) -> None:
    subject.offer(3)
    successor = subject.succeed()
    subject.parts.offer(successor, orders(2))
    assert not subject.parts.offer(subject.attempt, orders(3))
    assert subject.parts.take(subject.attempt) is None
    subject.parts.close(subject.attempt)
    assert len(subject.parts.standing(successor)) == 2


def test_what_is_closed_is_forgotten_with_what_came_before(subject: Subject) -> None:
    subject.offer(3)
    part = taken(subject.help())
    subject.parts.close(subject.succeed())
    assert not subject.parts.standing(subject.attempt)
    assert not subject.parts.done(part, 0.0)


ENDS: dict[str, Callable[[Parts, Taken], bool]] = {
    "beat": lambda parts, part: parts.beat(part, 0.9),
    "done": lambda parts, part: parts.done(part, 0.0),
    "leave": lambda parts, part: parts.leave(part),
    "release": lambda parts, part: parts.release(part),
}
