"""What endpoints ask for: made once by the door, and by tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
