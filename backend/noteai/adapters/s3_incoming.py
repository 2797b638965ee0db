"""Objects that come in parts: S3's multipart upload, and what is looked at before it is filed."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from noteai.adapters.s3 import NotThere, StoreRefused, StoreUnavailable, asking

_CHUNK = 1 << 20
_CHANGED = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}


@dataclass(frozen=True)
class Part:
    """A part that the store has."""

    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Stray:
    """Something unfinished in the store: an object, or parts under the upload's name."""

    key: str
    since: datetime
    multipart: str | None = None


class PartsChanged(Exception):
    """Parts were sent anew while they were put together."""


class S3Incoming:
    """`signer` is a client of the address that users reach, where it is another."""

    def __init__(self, client: Any, bucket: str, signer: Any = None) -> None:
        self._client = client
        self._signer = signer or client
        self._bucket = bucket

    def begin(self, key: str, media_type: str = "application/octet-stream") -> str:
        """The store's name of the new upload."""
        where = self._at(key)
        try:
            with asking():
                begun = self._client.create_multipart_upload(**where, ContentType=media_type)
        except NotThere as lost:
            raise StoreUnavailable(reason=f"it takes nothing, {lost}") from lost
        return str(begun["UploadId"])

    def url(self, key: str, multipart: str, number: int, size: int, life: float) -> str:
        """To PUT one part of exactly `size` bytes to, for `life` seconds."""
        where = {**self._at(key), "UploadId": multipart, "PartNumber": number}
        url = self._signer.generate_presigned_url(
            "upload_part", Params={**where, "ContentLength": size}, ExpiresIn=max(1, int(life))
        )
        return str(url)

    def send(self, key: str, multipart: str, number: int, body: bytes) -> Part:
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        with asking():
            sent = self._client.upload_part(
                **self._at(key),
                UploadId=multipart,
                PartNumber=number,
                Body=body,
                ContentMD5=base64.b64encode(md5).decode(),
            )
        return Part(number, len(body), _bare(sent["ETag"]))

    def parts(self, key: str, multipart: str) -> tuple[Part, ...]:
        """By number. Raises: NotThere, once it is put together or was aborted."""
        pages = self._client.get_paginator("list_parts")
        found: list[Part] = []
        with asking():
            for page in pages.paginate(**self._at(key), UploadId=multipart):
                found += [_part(each) for each in page.get("Parts", ())]
        return tuple(sorted(found, key=lambda part: part.number))

    def join(self, key: str, multipart: str, parts: Sequence[Part]) -> None:
        """Make one object of the parts.

        Raises:
            NotThere: there is no such upload, any more.
            PartsChanged: the parts are not those that the store has.
        """
        listed = [{"PartNumber": each.number, "ETag": f'"{each.etag}"'} for each in parts]
        try:
            with asking():
                self._client.complete_multipart_upload(
                    **self._at(key), UploadId=multipart, MultipartUpload={"Parts": listed}
                )
        except StoreRefused as refused:
            if refused.facts["reason"] in _CHANGED:
                raise PartsChanged from refused
            raise

    def abort(self, key: str, multipart: str) -> None:
        """Forget the parts; nothing happens where there are none."""
        try:
            with asking():
                self._client.abort_multipart_upload(**self._at(key), UploadId=multipart)
        except NotThere:
            return

    def size(self, key: str) -> int | None:
        """Bytes of an object; None where there is none."""
        try:
            with asking():
                return int(self._client.head_object(**self._at(key))["ContentLength"])
        except NotThere:
            return None

    def read(self, key: str) -> Iterator[bytes]:
        """The object's bytes in order, a mebibyte at a time."""
        with asking():
            body = self._client.get_object(**self._at(key))["Body"]
            try:
                yield from body.iter_chunks(_CHUNK)
            finally:
                body.close()

    def remove(self, key: str) -> None:
        with asking():
            self._client.delete_object(**self._at(key))

    def discard(self, stray: Stray) -> None:
        if stray.multipart:
            self.abort(stray.key, stray.multipart)
        else:
            self.remove(stray.key)

    def folders(self, under: str) -> Iterator[str]:
        """The names directly under a prefix that ends with a slash, each with its slash."""
        pages = self._client.get_paginator("list_objects_v2")
        with asking():
            for page in pages.paginate(Bucket=self._bucket, Prefix=under, Delimiter="/"):
                yield from (each["Prefix"] for each in page.get("CommonPrefixes", ()))

    def objects(self, under: str) -> Iterator[Stray]:
        pages = self._client.get_paginator("list_objects_v2")
        with asking():
            for page in pages.paginate(Bucket=self._bucket, Prefix=under):
                for each in page.get("Contents", ()):
                    yield Stray(each["Key"], each["LastModified"])

    def unfinished(self, under: str) -> Iterator[Stray]:
        pages = self._client.get_paginator("list_multipart_uploads")
        with asking():
            for page in pages.paginate(Bucket=self._bucket, Prefix=under):
                for each in page.get("Uploads", ()):
                    yield Stray(each["Key"], each["Initiated"], each["UploadId"])

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": key}


def _part(listed: dict[str, Any]) -> Part:
    return Part(listed["PartNumber"], listed["Size"], _bare(listed["ETag"]))


def _bare(etag: str) -> str:
    return etag.strip('"')
