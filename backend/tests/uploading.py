"""Files to upload, and a desk to upload them from."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from noteai.accounts.models import LOCAL
from noteai.adapters.s3_incoming import Stray
from noteai.database import Database
from noteai.uploads import repository, service
from noteai.uploads.completion import complete
from noteai.uploads.declaration import declare
from noteai.uploads.models import UploadRow
from noteai.uploads.parts import Claim
from noteai.uploads.service import Declaration, Intake

PART = 8 << 20
LECTURE = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 4
"""Recognised as a recording; no more is asked of an upload."""


def lecture(size: int) -> bytes:
    return LECTURE + b"\x07" * (size - len(LECTURE))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Desk:
    """What a test of uploads works with, as the local account."""

    database: Database
    intake: Intake
    s3: Any
    bucket: str
    told: list[UUID] = field(default_factory=list)
    """Uploads that were said to have ended."""

    def declare(self, content: bytes, **facts: Any) -> UploadRow:
        said = {"name": "lecture.mp4", "size": len(content), **facts}
        return declare(self.database, self.intake, LOCAL, Declaration(**said))

    def send(self, row: UploadRow, content: bytes, *numbers: int) -> None:
        """Send parts as a browser does: by their URLs, without any key."""
        for ticket in self.tickets(row):
            if not numbers or ticket.slice.number in numbers:
                start = ticket.slice.offset
                body = content[start : start + ticket.slice.size]
                assert httpx2.put(ticket.url, content=body).status_code == 200

    def sent(self, content: bytes = LECTURE, **facts: Any) -> UploadRow:
        """Declared, with all its parts in the store."""
        row = self.declare(content, **facts)
        self.send(row, content)
        return row

    def complete(self, row: UploadRow, *claims: Claim) -> UploadRow:
        return complete(self.database, self.intake, LOCAL, row.id, claims)

    def tickets(self, row: UploadRow) -> tuple[service.Ticket, ...]:
        missing = service.standing(row, self.intake).missing
        with self.database.transaction() as session:
            now = repository.now(session)
        return service.tickets(row, self.intake, missing, now)

    def get(self, upload: UUID) -> UploadRow:
        with self.database.transaction() as session:
            return service.find(session, LOCAL, upload)

    def incoming(self) -> list[Stray]:
        """What the store has that is not filed: parts and objects of uploads."""
        objects = self.intake.objects
        found = [each for each in objects.objects("accounts/") if "/uploads/" in each.key]
        return [*objects.unfinished(""), *found]

    def objects(self) -> list[str]:
        return [each.key for each in self.intake.objects.objects("")]
