"""An `ArtifactStore` in a bucket of an S3 store."""

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from pydantic import ValidationError

from noteai.adapters.folder_store import reference
from noteai.adapters.s3 import NotThere, StoreUnavailable, asking, client, prepare_bucket
from noteai.adapters.s3_incoming import Part, S3Incoming
from noteai.engine.artifact import Digest, FileRef
from noteai.engine.manifest import Manifest
from noteai.engine.ports import FileGone
from noteai.errors import InputError

__all__ = ["FileAltered", "S3Store", "client", "prepare_bucket"]

_PART = 16 << 20
"""Bytes: larger files travel in parts of this size."""
_MOST = 1000
"""Objects that one request removes, by S3."""
_FETCHES = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, max_concurrency=4)
_COPIES = TransferConfig(
    multipart_threshold=256 << 20, multipart_chunksize=256 << 20, max_concurrency=4
)
"""In pieces that a store copies well before a request times out."""


class FileAltered(InputError):
    """A file in the store is not what it was when it was kept: {digest}."""

    hint = "Delete the job and submit it again; an operator should look after the store's disks."
    exit_status = 46


class S3Store:
    """Files and manifests under one prefix, which ends with a slash where it is not empty.

    `signer` is a client of the address that users reach, where it is another.
    """

    def __init__(self, client: Any, bucket: str, prefix: str = "", signer: Any = None) -> None:
        self.client = client
        self._signer = signer or client
        self.bucket = bucket
        self.prefix = prefix
        self._incoming = S3Incoming(client, bucket)

    def put(self, path: Path, media_type: str) -> FileRef:
        ref = reference(path, media_type)
        if not self.has(ref):
            with path.open("rb") as file, _writing():
                self._send(file, ref)
        return ref

    def has(self, ref: FileRef) -> bool:
        return self._incoming.size(self._file(ref.digest)) == ref.size

    def fetch(self, ref: FileRef, into: Path) -> Path:
        """Raises: FileGone, FileAltered, StoreUnavailable."""
        place = into / ref.digest
        if place.exists():
            return place
        with tempfile.TemporaryDirectory(dir=into, prefix=".new-") as folder:
            hidden = Path(folder) / ref.digest
            self._download(ref, hidden)
            if reference(hidden, ref.media_type) != ref:
                raise FileAltered(digest=ref.digest)
            os.replace(hidden, place)  # noqa: PTH105 - atomic
        return place

    def load(self, key: Digest) -> Manifest | None:
        try:
            with asking():
                answer = self.client.get_object(**self._at(self._manifest(key)))
                return Manifest.model_validate_json(answer["Body"].read())
        except (NotThere, ValidationError):
            return None

    def save(self, manifest: Manifest) -> None:
        body = manifest.model_dump_json().encode()
        with _writing():
            self._put(self._manifest(manifest.key), body, "application/json")

    def adopt(self, key: str, ref: FileRef) -> None:
        """File an object of this bucket whose content is known to be `ref`, inside the store."""
        if self.has(ref):
            return
        with asking():
            self.client.copy(
                {"Bucket": self.bucket, "Key": key},
                **self._at(self._file(ref.digest)),
                ExtraArgs={"ContentType": ref.media_type, "MetadataDirective": "REPLACE"},
                Config=_COPIES,
            )

    def url(
        self,
        ref: FileRef,
        name: str,
        media_type: str,
        life: float,
        *,
        shown: Literal["inline", "attachment"] = "inline",
    ) -> str:
        """To GET the file from for `life` seconds, with ranges, under a name for people."""
        answer = {
            "ResponseContentType": media_type,
            "ResponseContentDisposition": disposition(name, shown),
        }
        url = self._signer.generate_presigned_url(
            "get_object",
            Params={**self._at(self._file(ref.digest)), **answer},
            ExpiresIn=max(1, int(life)),
        )
        return str(url)

    def key(self, ref: FileRef) -> str:
        """The object's name in the bucket."""
        return self._file(ref.digest)

    def discard(self, ref: FileRef) -> None:
        """Remove one file, which another entry may need: the caller knows that none does."""
        self._incoming.remove(self._file(ref.digest))

    def forget(self, digests: Iterable[Digest]) -> None:
        """Remove files and manifests of these names, which are needed no more."""
        keys = [key for each in digests for key in (self._file(each), self._manifest(each))]
        for batch in (keys[start : start + _MOST] for start in range(0, len(keys), _MOST)):
            self._remove(batch)

    def entries(self) -> Iterator[tuple[str, datetime]]:
        """The names of all files and manifests, and since when they are there."""
        for kind in ("files/", "manifests/"):
            for each in self._incoming.objects(f"{self.prefix}{kind}"):
                yield each.key.rpartition("/")[2].removesuffix(".json"), each.since

    def clear(self, under: str = "") -> int:
        """Remove all objects whose names in the store begin so; their number."""
        keys = (each.key for each in self._incoming.objects(f"{self.prefix}{under}"))
        return sum(self._remove(batch) for batch in iter(lambda: list(islice(keys, _MOST)), []))

    def _download(self, ref: FileRef, hidden: Path) -> None:
        try:
            with asking():
                where = (self.bucket, self._file(ref.digest), str(hidden))
                self.client.download_file(*where, Config=_FETCHES)
        except NotThere as gone:
            raise FileGone(digest=ref.digest) from gone
        except Boto3Error as error:
            raise StoreUnavailable(reason=type(error).__name__) from error

    def _send(self, file: IO[bytes], ref: FileRef) -> None:
        key = self._file(ref.digest)
        if ref.size <= _PART:
            self._put(key, file.read(), ref.media_type)
            return
        multipart = self._incoming.begin(key, ref.media_type)
        try:
            self._incoming.join(key, multipart, list(self._parts(file, key, multipart)))
        except BaseException:
            self._incoming.abort(key, multipart)
            raise

    def _parts(self, file: IO[bytes], key: str, multipart: str) -> Iterator[Part]:
        for number in count(1):
            body = file.read(_PART)
            if not body:
                return
            yield self._incoming.send(key, multipart, number, body)

    def _put(self, key: str, body: bytes, media_type: str) -> None:
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        with asking():
            self.client.put_object(
                **self._at(key),
                Body=body,
                ContentType=media_type,
                ContentMD5=base64.b64encode(md5).decode(),
            )

    def _remove(self, keys: list[str]) -> int:
        listed = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        with asking():
            answer = self.client.delete_objects(Bucket=self.bucket, Delete=listed)
        if answer.get("Errors"):
            raise StoreUnavailable(reason=answer["Errors"][0].get("Code", "objects not removed"))
        return len(keys)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": key}

    def _file(self, digest: Digest) -> str:
        return f"{self.prefix}files/{digest[:2]}/{digest}"

    def _manifest(self, key: Digest) -> str:
        return f"{self.prefix}manifests/{key[:2]}/{key}.json"


@contextmanager
def _writing() -> Iterator[None]:
    """Around what is sent: that there is no place for it may heal, or an operator must look."""
    try:
        yield
    except NotThere as lost:
        raise StoreUnavailable(reason=f"it takes nothing, {lost}") from lost


def disposition(name: str, shown: Literal["inline", "attachment"]) -> str:
    """A Content-Disposition (RFC 6266) with the name as it is, and in plain letters, too.

    Control characters and quotes cannot leave the header.
    """
    plain = "".join(each if each.isascii() and each.isprintable() else "_" for each in name)
    plain = plain.replace('"', "'").replace("\\", "_")
    return f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
