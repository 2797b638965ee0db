"""URLs of files by way of Amazon CloudFront, for a bucket that a distribution stands before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from botocore.signers import CloudFrontSigner

from noteai.adapters.s3_store import S3Store, disposition
from noteai.engine.artifact import FileRef
from noteai.errors import InputError


class BadSigningKey(InputError):
    """The private key for signed CloudFront URLs cannot be read: {reason}."""

    hint = "Set the RSA key in PEM whose public half the distribution's key group has."
    exit_status = 48


class CloudFront:
    """Signs for the key `key_id` of the key group that the distribution trusts.

    The distribution must pass `response-content-disposition` on to the bucket.

    Raises:
        BadSigningKey: the key is none, or `cryptography` is not installed.
    """

    def __init__(self, domain: str, key_id: str, private_key: str) -> None:
        self._domain = domain
        self._signer = CloudFrontSigner(key_id, _rsa(private_key))

    def __call__(self, store: S3Store, file: FileRef, name: str, life: float) -> str:
        """Where the file can be fetched from for `life` seconds."""
        shown = quote(disposition(name, "attachment"), safe="")
        url = (
            f"https://{self._domain}/{quote(store.key(file))}?response-content-disposition={shown}"
        )
        until = datetime.now(UTC) + timedelta(seconds=life)
        return str(self._signer.generate_presigned_url(url, date_less_than=until))


def _rsa(private_key: str) -> Callable[[bytes], bytes]:
    try:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key(private_key.encode(), password=None)
    except ImportError as error:
        raise BadSigningKey(reason="install cryptography") from error
    except (TypeError, ValueError) as error:
        raise BadSigningKey(reason="it is no unencrypted key in PEM") from error
    if not isinstance(key, RSAPrivateKey):
        raise BadSigningKey(reason="it is not an RSA key")
    return lambda message: key.sign(message, PKCS1v15(), hashes.SHA1())  # noqa: S303 - CloudFront's
