import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from noteai.adapters.cloudfront import BadSigningKey, CloudFront
from noteai.adapters.s3_store import S3Store
from noteai.engine.artifact import FileRef

KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505 - signs nothing of worth
FILE = FileRef(digest="ab" * 32, media_type="video/mp4", size=3)


def pem(key: Any) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


def plain(value: str) -> bytes:
    """CloudFront's own alphabet of base64."""
    return base64.b64decode(value.translate(str.maketrans("-_~", "+=/")))


def test_a_url_holds_for_its_file_and_its_time_and_is_signed() -> None:
    store = S3Store(None, "bucket", "accounts/one/")
    url = CloudFront("d1.cloudfront.net", "K1", pem(KEY))(store, FILE, "Überblick.mp4", 60)
    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    resource = url.partition("&Expires=")[0]
    condition = {"DateLessThan": {"AWS:EpochTime": int(query["Expires"][0])}}
    policy = json.dumps(
        {"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":")
    )
    assert parts.netloc + parts.path == f"d1.cloudfront.net/{store.key(FILE)}"
    assert query["Key-Pair-Id"] == ["K1"]
    assert "%C3%9Cberblick.mp4" in query["response-content-disposition"][0]
    signature = plain(query["Signature"][0])
    KEY.public_key().verify(signature, policy.encode(), PKCS1v15(), hashes.SHA1())  # noqa: S303


@pytest.mark.parametrize("key", ["", "no key", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_what_is_no_rsa_key_is_refused(key: str) -> None:
    with pytest.raises(BadSigningKey):
        CloudFront("d1.cloudfront.net", "K1", key)
