"""What past runs say of a job, looked up now and then for all readers of a process."""

import time
from collections.abc import Mapping

from sqlalchemy.orm import Session

from noteai.jobs import past
from noteai.jobs.graph import Workflows
from noteai.jobs.models import JobRow
from noteai.workflows import WORKFLOWS

_LIFE = 60.0


class Past:
    def __init__(self, workflows: Workflows = WORKFLOWS) -> None:
        self._workflows = workflows
        self._speeds: Mapping[str, float] = {}
        self._until = 0.0

    def expected(self, session: Session, job: JobRow) -> Mapping[str, float]:
        """Seconds that whole stages of a job take; nothing where its length is not known yet."""
        if job.duration is None:
            return {}
        if time.monotonic() >= self._until:
            self._speeds = past.speeds(session, self._workflows)
            self._until = time.monotonic() + _LIFE
        return {stage: speed * job.duration / 60 for stage, speed in self._speeds.items()}
