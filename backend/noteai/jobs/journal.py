"""What happened to a job, numbered without gaps, kept, and told to whoever listens."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.orm import Session

from noteai.database import after_commit
from noteai.jobs.models import EventRow, JobRow

Publisher = Callable[[UUID, dict[str, Any]], None]
"""Best effort: it never raises."""
Message = tuple[str, Mapping[str, Any]]
"""A kind and a body."""
_NONE: Mapping[str, Any] = {}


class Journal:
    def __init__(self, publish: Publisher) -> None:
        self._publish = publish

    def tell(
        self,
        session: Session,
        job_id: UUID,
        kind: str,
        body: Mapping[str, Any],
        *,
        reached: float = 0.0,
        changes: Mapping[str, Any] = _NONE,
    ) -> int:
        """Write an event, and publish it once it is committed: its number, or 0 without a job.

        `reached` is how far the job is by now, and `changes` are of the job's row: they are made
        first, so that the event's `state` and `fraction` are those after it.
        """
        return self.tell_all(session, job_id, [(kind, body)], reached=reached, changes=changes)

    def tell_all(
        self,
        session: Session,
        job_id: UUID,
        messages: Sequence[Message],
        *,
        reached: float = 0.0,
        changes: Mapping[str, Any] = _NONE,
    ) -> int:
        """Several at once, in their order: the number of the last."""
        row = session.execute(
            update(JobRow)
            .where(JobRow.id == job_id)
            .values(
                last_seq=JobRow.last_seq + len(messages),
                fraction=func.greatest(JobRow.fraction, reached),
                **changes,
            )
            .returning(
                JobRow.last_seq,
                JobRow.account_id,
                JobRow.state,
                JobRow.fraction,
                func.clock_timestamp().label("at"),
            )
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if row is None:
            return 0
        first = row.last_seq - len(messages) + 1
        events: list[dict[str, Any]] = [
            {
                "job_id": job_id,
                "seq": first + index,
                "account_id": row.account_id,
                "kind": kind,
                "created_at": row.at,
                "body": {**body, "state": row.state, "fraction": row.fraction},
            }
            for index, (kind, body) in enumerate(messages)
        ]
        session.execute(insert(EventRow), events)
        for event in events:
            after_commit(session, partial(self._publish, job_id, published(event)))
        return int(row.last_seq)


def published(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as it goes over the wire."""
    at = event["created_at"].isoformat()
    return {"seq": event["seq"], "kind": event["kind"], "at": at, **event["body"]}
