"""Signatures are those of Standard Webhooks: the expected ones were made by its own library."""

from base64 import b64encode

import pytest

from noteai.webhooks.errors import SecretRefused
from noteai.webhooks.signing import check_secret, headers, new_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the specification


@pytest.mark.parametrize(
    ("message", "at", "body", "expected"),
    [
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            '{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "msg_1",
            1700000000,
            '{"title":"Größe ≤ 3"}',
            "v1,xQ2zgWJ5iunRPqCrGngNPTU4LPuXN8nvDOHGsiZedxo=",
        ),
    ],
)
def test_a_signature_is_the_one_that_the_specification_says(
    message: str, at: int, body: str, expected: str
) -> None:
    assert headers([SECRET], message, at, body.encode()) == {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": expected,
    }


def test_each_secret_gives_a_signature_of_its_own() -> None:
    other = new_secret()
    both = headers([SECRET, other], "m", 1, b"{}")["webhook-signature"].split(" ")
    assert both == [headers([each], "m", 1, b"{}")["webhook-signature"] for each in (SECRET, other)]
    assert len(set(both)) == 2


def test_a_secret_that_is_made_is_one_and_never_the_same() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(check_secret(each) == each for each in made)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "does not begin with whsec_"),
        (SECRET.removeprefix("whsec_"), "does not begin with whsec_"),
        ("whsec_", "has 0 bytes and not 24 to 64"),
        ("whsec_" + b64encode(b"x" * 23).decode(), "has 23 bytes and not 24 to 64"),
        ("whsec_" + b64encode(b"x" * 65).decode(), "has 65 bytes and not 24 to 64"),
        ("whsec_" + "!" * 32, "is not base64 after whsec_"),
        ("whsec_" + "é" * 32, "is not base64 after whsec_"),
        (SECRET[:-1], "is not base64 after whsec_"),
    ],
)
def test_what_is_no_secret_is_refused(secret: str, reason: str) -> None:
    with pytest.raises(SecretRefused) as refused:
        check_secret(secret)
    assert refused.value.message == f"This is no secret for a webhook: it {reason}."
    assert (refused.value.code, refused.value.http_status) == ("secret_refused", 422)


@pytest.mark.parametrize("size", [24, 64])
def test_the_shortest_and_the_longest_secret_are_taken(size: int) -> None:
    assert check_secret("whsec_" + b64encode(b"x" * size).decode())
