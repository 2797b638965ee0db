"""The claim of a stage: one statement, which is one way to the database and back.

It locks the job first, as everybody does, and counts the attempt durably before its work.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Integer, Interval, String, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB


class Claimed(NamedTuple):
    """What was claimed, with what the job's row says of its work."""

    attempt: int
    id: UUID
    """Of the job."""
    account_id: UUID
    workflow: str
    without: Sequence[str]
    params: dict[str, Any]
    given: dict[str, Any]
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
                   OR stage_runs.state = 'running' AND stage_runs.lease_until < now()
                      AND stage_runs.tries < :attempts)
            RETURNING attempt
        ), message AS (
            SELECT 1 AS number, 'job_started' AS kind, '{}'::jsonb AS body
            FROM job, claimed WHERE job.state = 'queued'
            UNION ALL
            SELECT 2, 'stage_started', jsonb_build_object('stage', :stage, 'attempt', attempt)
            FROM claimed
        ), counted AS (
            UPDATE jobs
            SET state = 'running', started_at = coalesce(jobs.started_at, now()),
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
        SELECT claimed.attempt, job.id, job.account_id, job.workflow, job.without, job.params,
               job.given,
               (SELECT jsonb_agg(jsonb_build_object('seq', seq, 'kind', kind, 'at', created_at)
                                 || body ORDER BY seq) FROM told) AS told
        FROM job, claimed
        """
    )
    .bindparams(
        bindparam("job", type_=Uuid()),
        bindparam("stage", type_=String()),
        bindparam("lease", type_=Interval()),
    )
    .columns(
        attempt=Integer(),
        id=Uuid(),
        account_id=Uuid(),
        workflow=String(),
        without=ARRAY(String()),
        params=JSONB(),
        given=JSONB(),
        told=JSONB(),
    )
)


def claim(
    connection: Connection, job: UUID, stage: str, *, owner: str, lease: timedelta, attempts: int
) -> Claimed | None:
    """None where the stage is not to be had; a stage whose worker's lease has run out is."""
    terms = {"job": job, "stage": stage, "owner": owner, "lease": lease, "attempts": attempts}
    row = connection.execute(_CLAIM, terms).one_or_none()
    return Claimed(*row) if row else None
