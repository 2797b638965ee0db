"""What the tasks of one worker process share: made after the fork, and kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol
from uuid import UUID

from noteai import tables as _all_tables  # noqa: F401 - rows refer to those of other features
from noteai.database import Database, tell_connections
from noteai.engine.artifact import Artifact
from noteai.engine.params import params_of
from noteai.engine.ports import Ledger, Taken
from noteai.engine.run import Run, World
from noteai.engine.workflow import Workflow
from noteai.jobs.advance import Mover, Onward
from noteai.jobs.claim import Claimed
from noteai.jobs.graph import shape
from noteai.jobs.journal import Journal
from noteai.jobs.ledger import SqlLedger
from noteai.jobs.models import JobRow
from noteai.jobs.outbox import Courier, Send
from noteai.jobs.parts import SqlParts
from noteai.media.scratch import Scratch
from noteai.worker.trade import Equipment
from noteai.worker.vigil import Rhythm, Vigil
from noteai.worker.watched import PartHeart, WatchedParts


class Closing(Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class Workplace:
    workflows: Mapping[str, Workflow]
    equipment: Equipment
    database: Database
    journal: Journal
    ledger: SqlLedger
    heart: SqlLedger
    """The same ledger on a connection of its own."""
    parts: SqlParts
    part_heart: SqlParts
    """The same on the heart's connection."""
    rhythm: Rhythm
    scratch: Scratch
    send: Send
    closing: tuple[Closing, ...]
    queues: Collection[str]
    """That this worker serves."""
    lifeline: Connection | None = None

    def close(self) -> None:
        for each in self.closing:
            each.close()

    def tell_connections(self) -> None:
        """As they are between two stages: nobody else sees those of this process."""
        tell_connections(*(each for each in self.closing if isinstance(each, Database)))

    def vigil(self) -> Vigil:
        return Vigil(self.heart, self.rhythm, self.lifeline)

    def vigil_of_part(self, taken: Taken) -> Vigil:
        return Vigil(PartHeart(self.part_heart, taken), self.rhythm, self.lifeline)

    def world(self, account: UUID, ledger: Ledger, vigil: Vigil) -> World:
        return World(
            store=self.equipment.store(account),
            ledger=ledger,
            events=vigil,
            resources=self.equipment.resources,
            scratch=self.scratch.folder,
            cancelled=vigil.cancelled,
            parts=WatchedParts(self.parts, vigil),
        )

    @property
    def mover(self) -> Mover:
        """Sends at once what becomes ready, unless it is one stage that can be done here."""
        courier = Courier(self.database, self.send)
        onward = Onward(self.ledger.claimant, self._takes)
        return Mover(self.journal, self.workflows, courier, onward)

    def _takes(self, queue: str) -> bool:
        is_leaving = self.lifeline is not None and self.lifeline.poll()
        return queue in self.queues and not is_leaving

    def run(self, row: JobRow | Claimed) -> Run:
        """Raises: InputError, ValidationError, where the row is of another version of NoteAI."""
        workflow = shape(row, self.workflows)
        given: dict[type[Artifact], Artifact] = {
            kind: kind.model_validate(row.given[kind.__name__])
            for kind in workflow.given
            if kind.__name__ in row.given
        }
        chosen = {name: row.params[name] for name in workflow.names if name in row.params}
        return Run(str(row.id), workflow, given, params_of(workflow, chosen))
