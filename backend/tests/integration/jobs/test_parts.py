"""What only parts in Postgres do: leases, cancelled jobs, and asking for help."""

from datetime import timedelta
from uuid import UUID

import pytest
from jobbing import Office
from sqlalchemy import func, select, update

from noteai.database import Database
from noteai.engine.ports import Attempt, PartOrder, Taken
from noteai.jobs import outbox
from noteai.jobs.models import OutboxRow, PartRow
from noteai.jobs.parts import MOST_HELPERS


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def job(office: Office) -> UUID:
    found = office.submit()
    office.do(found, "first")
    return found


def orders(count: int) -> list[PartOrder]:
    return [PartOrder(number, "slice", {"number": number}) for number in range(count)]


def offered(office: Office, job: UUID, count: int = 2) -> Attempt:
    attempt = office.claimed(job, "left")
    assert office.parts().offer(attempt, orders(count))
    return attempt


def helped(office: Office, job: UUID, owner: str = "helper") -> Taken:
    taken = office.parts(owner=owner).help(str(job), "left")
    assert taken
    return taken


def let_die(office: Office) -> None:
    """The leases of all helpers have run out."""
    late = func.now() - timedelta(seconds=1)
    with office.database.transaction() as session:
        rows = update(PartRow).where(PartRow.lease_until.is_not(None))
        session.execute(rows.values(lease_until=late))


def rows(office: Office) -> int | None:
    with office.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(PartRow))


@pytest.mark.parametrize(("count", "helpers"), [(2, 1), (5, 4), (60, MOST_HELPERS)])
def test_one_less_is_asked_than_there_are_parts(
    office: Office, job: UUID, count: int, helpers: int
) -> None:
    office.empty_outbox()
    offered(office, job, count)
    with office.database.transaction() as session:
        (row,) = session.scalars(select(OutboxRow)).all()
    assert (row.job_id, row.stages, row.helpers) == (job, ["left"], helpers)


def test_the_relay_says_how_many_are_to_help(office: Office, job: UUID) -> None:
    office.empty_outbox()
    offered(office, job, 3)
    sent: list[tuple[object, ...]] = []
    outbox.relay(office.database, lambda *asked: sent.append(asked))
    assert sent == [(job, ["left"], 2, None)]


def test_a_part_whose_helper_died_is_the_holders(office: Office, job: UUID) -> None:
    attempt = offered(office, job, 1)
    dead = helped(office, job)
    assert office.parts().take(attempt) is None
    let_die(office)
    assert office.parts().help(str(job), "left") is None
    taken = office.parts().take(attempt)
    assert taken
    assert taken.take > dead.take
    assert not office.parts().done(dead, 0.0)
    assert office.parts().done(taken, 0.0)


def test_a_sign_of_life_keeps_the_lease(office: Office, job: UUID) -> None:
    attempt = offered(office, job, 1)
    taken = helped(office, job)
    let_die(office)
    assert office.parts().beat(taken, 0.5)
    assert office.parts().take(attempt) is None


def test_what_the_holder_has_taken_nobody_takes_over(office: Office, job: UUID) -> None:
    attempt = offered(office, job, 1)
    assert office.parts(lease=-1.0).take(attempt)
    assert office.parts().take(attempt) is None


def test_a_cancelled_job_has_no_helpers(office: Office, job: UUID) -> None:
    offered(office, job)
    taken = helped(office, job)
    office.change(job, cancel_requested_at=func.now())
    assert not office.parts().beat(taken, 0.5)
    assert office.parts().help(str(job), "left") is None


def test_an_overdue_job_has_no_helpers(office: Office, job: UUID) -> None:
    offered(office, job)
    taken = helped(office, job)
    office.change(job, deadline=func.now() - timedelta(seconds=1))
    assert not office.parts().beat(taken, 0.5)
    assert office.parts().help(str(job), "left") is None


def test_helpers_of_an_attempt_that_is_over_stop(office: Office, job: UUID) -> None:
    offered(office, job)
    taken = helped(office, job)
    office.let_die(job, "left")
    office.claimed(job, "left")
    assert not office.parts().beat(taken, 0.5)
    assert office.parts().help(str(job), "left") is None


def test_an_attempt_that_is_over_offers_nothing(office: Office, job: UUID) -> None:
    stale = office.claimed(job, "left")
    office.let_die(job, "left")
    office.claimed(job, "left")
    assert not office.parts().offer(stale, orders(2))
    assert rows(office) == 0


def test_a_stage_that_is_given_back_leaves_no_parts(office: Office, job: UUID) -> None:
    attempt = offered(office, job)
    assert office.ledger().release(attempt)
    assert rows(office) == 0


def test_a_stage_whose_worker_died_leaves_no_parts(office: Office, job: UUID) -> None:
    offered(office, job)
    office.let_die(job, "left")
    office.sweep()
    assert rows(office) == 0


def test_the_stage_of_a_cancelled_job_leaves_no_parts(office: Office, job: UUID) -> None:
    attempt = offered(office, job)
    office.change(job, cancel_requested_at=func.now())
    assert not office.ledger().release(attempt)
    assert rows(office) == 0


def test_the_parts_of_other_stages_stay(office: Office, job: UUID) -> None:
    left, right = offered(office, job), office.claimed(job, "right")
    assert office.parts().offer(right, orders(3))
    office.parts().close(left)
    assert len(office.parts().standing(right)) == 3
