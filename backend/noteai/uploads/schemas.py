"""Uploads as clients see them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from noteai.uploads.models import UploadState
from noteai.uploads.parts import Claim
from noteai.uploads.service import Declaration

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
MediaType = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9.+_-]+/[A-Za-z0-9.+_-]+$", max_length=100)
]


class NewUpload(BaseModel):
    """A file that is going to be sent in parts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "lecture 3.mp4", "size": 734003200, "media_type": "video/mp4"}]
        },
    )

    name: str = Field(description="Shown to people; 1 to 255 characters, and no folders.")
    size: int = Field(ge=0, strict=True, description="Bytes of the whole file.")
    sha256: Sha256 | None = Field(
        None, description="Of the whole file; one that the account has already is not sent again."
    )
    media_type: MediaType = Field(
        "application/octet-stream", description="The client's idea; the content decides."
    )

    def declaration(self) -> Declaration:
        digest = self.sha256.lower() if self.sha256 else None
        return Declaration(self.name, self.size, self.media_type, digest)


class SentPart(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int = Field(strict=True)
    etag: str | None = Field(None, max_length=200, description="As the store answered it.")

    def claim(self) -> Claim:
        return Claim(self.number, self.etag)


class Completion(BaseModel):
    """What was sent. It may be left out: what the store has decides."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"parts": [{"number": 1}, {"number": 2}]}]}
    )

    parts: list[SentPart] = Field(default_factory=list)


class ReceivedPart(BaseModel):
    number: int
    size: int
    etag: str


class WantedPart(BaseModel):
    """Bytes `offset` to `offset + size` of the file, to be sent with PUT to `url`."""

    number: int
    offset: int
    size: int
    url: str


_VIEW = {
    "id": "8b1f3c36-6d0e-4a55-9f5f-0f6f2a1f6f10",
    "name": "lecture 3.mp4",
    "size": 734003200,
    "media_type": "video/mp4",
    "sha256": None,
    "state": "awaiting_parts",
    "refusal": None,
    "part_size": 8388608,
    "part_count": 88,
    "created_at": "2026-11-21T08:00:00Z",
    "expires_at": "2026-11-22T08:00:00Z",
    "completed_at": None,
}
_DONE = {
    **_VIEW,
    "sha256": "3f" * 32,
    "state": "complete",
    "completed_at": "2026-11-21T08:20:00Z",
}
_URL = "https://store.example.org/noteai/accounts/0/uploads/8b1f?partNumber=1&X-Amz-Signature=9c"


def _example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class UploadView(BaseModel):
    model_config = _example(_DONE)

    id: UUID
    name: str
    size: int
    media_type: str
    sha256: str | None
    state: UploadState
    refusal: str | None = Field(description="The code of the error that ended it.")
    part_size: int
    part_count: int
    created_at: datetime
    expires_at: datetime
    completed_at: datetime | None


class UploadProgress(UploadView):
    """With the parts that the store has, and those that it waits for."""

    model_config = _example(
        {
            **_VIEW,
            "received": [{"number": 2, "size": 8388608, "etag": "7c87e27845d3397e"}],
            "wanted": [{"number": 1, "offset": 0, "size": 8388608, "url": _URL}],
            "wanted_count": 87,
            "urls_expire_at": "2026-11-21T09:00:00Z",
        }
    )

    received: list[ReceivedPart]
    wanted: list[WantedPart] = Field(description="The first of the parts that are missing.")
    wanted_count: int = Field(description="All parts that are missing.")
    urls_expire_at: datetime | None


class UploadList(BaseModel):
    model_config = _example({"uploads": [_DONE], "next_cursor": None})

    uploads: list[UploadView]
    next_cursor: str | None


class DownloadUrl(BaseModel):
    model_config = _example({"url": _URL, "expires_at": "2026-11-21T09:00:00Z"})

    url: str
    expires_at: datetime
