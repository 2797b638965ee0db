"""The claim of a stage: one statement, which is one way to the database and back.

It locks the job first, as everybody does, and counts the attempt durably before its work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Float, Integer, Interval, String, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from noteai.jobs.journal import Message, spelled


class Claimed(NamedTuple):
    """What was claimed, with what the job's row says of its work."""

    stage: str
    attempt: int
    id: UUID
    """Of the job."""
    account_id: UUID
    workflow: str
    without: Sequence[str]
    params: dict[str, Any]
    given: dict[str, Any]
    records: Mapping[str, Sequence[Any]]
    """Of each stage that has ended: its state, manifest and failure."""
    told: list[dict[str, Any]]
    """The events that were written, as they go over the wire."""


_CLAIM = (
    text(
        """
        WITH job AS (
            SELECT * FROM jobs
            WHERE id = :job AND state IN ('queued', 'running') AND cancel_requested_at IS NULL
              AND coalesce(deadline >= now(), true)
            FOR NO KEY UPDATE
        ), claimed AS (
            UPDATE stage_runs
            SET state = 'running', attempt = attempt + 1, tries = tries + 1, owner = :owner,
                lease_until = now() + :lease, started_at = now(), failure = NULL
            FROM job
            WHERE stage_runs.job_id = job.id AND stage_runs.stage = :stage
              AND (stage_runs.state = 'ready' AND stage_runs.ready_at <= now()
                   OR stage_runs.state = 'blocked' AND :is_free
                   OR stage_runs.state = 'running' AND stage_runs.lease_until < now()
                      AND stage_runs.tries < :attempts)
            RETURNING stage_runs.stage, attempt
        ), message AS (
            SELECT number, value ->> 'kind' AS kind, value -> 'body' AS body
            FROM claimed, jsonb_array_elements(:news) WITH ORDINALITY AS news (value, number)
            UNION ALL
            SELECT :last + 1, 'job_started', '{}'::jsonb
            FROM job, claimed WHERE job.state = 'queued'
            UNION ALL
            SELECT :last + 2, 'stage_started',
                   jsonb_build_object('stage', stage, 'attempt', attempt)
            FROM claimed
        ), counted AS (
            UPDATE jobs
            SET state = 'running', started_at = coalesce(jobs.started_at, now()),
                fraction = greatest(jobs.fraction, :reached),
                last_seq = jobs.last_seq + (SELECT count(*) FROM message)
            FROM claimed WHERE jobs.id = :job
            RETURNING jobs.id, jobs.account_id, jobs.last_seq, jobs.fraction,
                      clock_timestamp() AS at
        ), told AS (
            INSERT INTO events (job_id, seq, account_id, kind, created_at, body)
            SELECT id, last_seq - row_number() OVER (ORDER BY number DESC) + 1, account_id, kind,
                   at, body || jsonb_build_object('state', 'running', 'fraction', fraction)
            FROM counted, message
            RETURNING seq, kind, created_at, body
        )
        SELECT claimed.stage, claimed.attempt, job.id, job.account_id, job.workflow, job.without,
               job.params, job.given,
               coalesce((SELECT jsonb_object_agg(stage, jsonb_build_array(state, manifest, failure))
                         FROM stage_runs
                         WHERE job_id = :job AND state IN ('done', 'skipped', 'failed')),
                        '{}') AS records,
               (SELECT jsonb_agg(jsonb_build_object('seq', seq, 'kind', kind, 'at', created_at)
                                 || body ORDER BY seq) FROM told) AS told
        FROM job, claimed
        """
    )
    .bindparams(
        bindparam("job", type_=Uuid()),
        bindparam("stage", type_=String()),
        bindparam("lease", type_=Interval()),
        bindparam("news", type_=JSONB()),
        bindparam("last", type_=Integer()),
        bindparam("reached", type_=Float()),
    )
    .columns(
        stage=String(),
        attempt=Integer(),
        id=Uuid(),
        account_id=Uuid(),
        workflow=String(),
        without=ARRAY(String()),
        params=JSONB(),
        given=JSONB(),
        records=JSONB(),
        told=JSONB(),
    )
)


@dataclass(frozen=True)
class Claimant:
    """Who claims stages: `owner` is a process, and a stage is lost whose owner gives no sign of
    life for a `lease`, or that was tried `attempts` times.
    """

    owner: str
    lease: timedelta
    attempts: int

    def claim(self, connection: Connection, job: UUID, stage: str) -> Claimed | None:
        """None where the stage is not to be had; a stage whose worker's lease has run out is."""
        return self._claim(connection, job, stage, [], 0.0, is_free=False)

    def claim_next(
        self, session: Session, job: UUID, stage: str, news: Sequence[Message], reached: float
    ) -> Claimed | None:
        """A stage that nothing blocks any more, under the job's lock, with what led to it."""
        return self._claim(session.connection(), job, stage, spelled(news), reached, is_free=True)

    def _claim(
        self,
        connection: Connection,
        job: UUID,
        stage: str,
        news: Sequence[dict[str, Any]],
        reached: float,
        *,
        is_free: bool,
    ) -> Claimed | None:
        told = {"news": news, "last": len(news), "reached": reached, "is_free": is_free}
        row = connection.execute(_CLAIM, {"job": job, "stage": stage, **vars(self), **told})
        found = row.one_or_none()
        return Claimed(*found) if found else None
