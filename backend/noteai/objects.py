"""The object store that the settings name, as its users want it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from noteai.adapters import s3
from noteai.adapters.cloudfront import CloudFront
from noteai.adapters.s3_incoming import S3Incoming
from noteai.adapters.s3_store import S3Store
from noteai.jobs.journal import Journal
from noteai.jobs.service import uploads_finished
from noteai.settings import CloudFrontSettings, Settings
from noteai.uploads.service import Intake, Limits


@dataclass(frozen=True)
class Objects:
    """`signer` makes the URLs: where clients reach the store by another address than we do."""

    client: Any
    signer: Any
    bucket: str

    def store(self, account: UUID) -> S3Store:
        """The files of an account."""
        return S3Store(self.client, self.bucket, f"accounts/{account}/", self.signer)

    @property
    def incoming(self) -> S3Incoming:
        return S3Incoming(self.client, self.bucket, self.signer)

    def prepare(self) -> None:
        """Make the bucket what NoteAI needs, as often as one likes."""
        s3.prepare_bucket(self.client, self.bucket)


def objects_of(settings: Settings) -> Objects:
    """To be made after a fork."""
    endpoint = settings.s3_endpoint
    return Objects(
        _client(settings, endpoint),
        _client(settings, settings.s3_public_endpoint or endpoint),
        settings.s3_bucket,
    )


def intake_of(settings: Settings, objects: Objects, journal: Journal) -> Intake:
    """Where uploads come in; the jobs that wait for one go on when it has ended."""
    service = settings.service
    limits = Limits(
        max_size=service.max_upload,
        account_uploads=service.account_uploads,
        life=service.upload_life,
        url_life=service.url_life,
    )

    def ended(session: Session, upload: UUID) -> None:
        uploads_finished(session, journal, upload)

    download = _cloudfront(settings.cloudfront)
    return Intake(objects.incoming, objects.store, limits, ended, download=download)


def _cloudfront(chosen: CloudFrontSettings) -> CloudFront | None:
    """Raises: BadSigningKey."""
    if not chosen.domain:
        return None
    return CloudFront(chosen.domain, chosen.key_id, chosen.private_key.get_secret_value())


def _client(settings: Settings, endpoint: str | None) -> Any:
    secret = settings.s3_secret_key
    return s3.client(
        endpoint=endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=secret.get_secret_value() if secret else None,
    )
