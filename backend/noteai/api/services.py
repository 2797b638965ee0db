"""What endpoints ask for: made once by the door, and by tests."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from noteai.adapters.s3_store import S3Store
from noteai.database import Database
from noteai.jobs.graph import Workflows
from noteai.jobs.journal import Journal
from noteai.settings import ServiceSettings
from noteai.uploads.service import Intake
from noteai.workflows import WORKFLOWS


@dataclass(frozen=True)
class ApiServices:
    database: Database
    journal: Journal
    store: Callable[[UUID], S3Store]
    """The files of an account."""
    uploads: Intake
    redis_url: str
    service: ServiceSettings = field(default_factory=ServiceSettings)
    workflows: Workflows = field(default_factory=lambda: WORKFLOWS)
    scratch: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    """In which archives are put together, each in a folder of its own."""
