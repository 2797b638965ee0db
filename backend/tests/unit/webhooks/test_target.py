"""Where a request may go."""

import time
from collections.abc import Sequence
from ipaddress import ip_address
from threading import Event

import pytest

from noteai.webhooks import target
from noteai.webhooks.errors import TargetRefused
from noteai.webhooks.target import Guard, is_private, is_public

PUBLIC = "93.184.216.34"
NO_ADDRESS = "its host has no public address"


def known(*addresses: str) -> Guard:
    return Guard(resolve=lambda host, port: addresses)


def refusal(guard: Guard, url: str) -> str:
    with pytest.raises(TargetRefused) as refused:
        guard.check(url)
    assert (refused.value.code, refused.value.http_status) == ("target_refused", 422)
    assert refused.value.field == "url"
    return str(refused.value.facts["reason"])


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "2002:808:808::"],
)
def test_what_the_whole_internet_can_reach_is_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert not is_private(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "::1", "fd00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.1.2.3"),
        "2002:7f00:1::",
    ],
)
def test_this_machine_and_networks_of_ones_own_are_private(address: str) -> None:
    assert is_private(ip_address(address))
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"),
        *(
            "2002:a9fe:a9fe::",
            "0.0.0.0",  # noqa: S104 - nobody binds to it here
            "::",
            "224.0.0.1",
            "ff0e::1",
            "ff02::1",
            "240.0.0.1",
        ),
        *("255.255.255.255", "100.64.0.1", "192.88.99.1", "168.63.129.16", "fec0::1"),
        *("64:ff9b:1::1", "::127.0.0.1", "::8.8.8.8", "5f00::1", "100::1"),
    ],
)
def test_what_is_for_machines_among_themselves_is_neither(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not is_private(ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "it is not https"),
        ("ftp://example.com/", "it is not https"),
        ("file:///etc/passwd", "it is not https"),
        ("//example.com/", "it is not https"),
        ("example.com", "it is not https"),
        ("", "it is not https"),
        ("https://", "it is no URL"),
        ("https:///path", "it is no URL"),
        ("https://a\nb.de/", "it is no URL"),
        ("https://[::1/", "it is no URL"),
        ("https://h:port/", "it is no URL"),
        ("https://user@example.com/", "it has a user or a password in it"),
        ("https://user:word@example.com/", "it has a user or a password in it"),
        ("https://example.com\\@127.0.0.1/", "it has a user or a password in it"),
        ("https://example.com:22/", "its port is neither 80, 443 nor above 1023"),
        ("https://example.com:0/", "its port is neither 80, 443 nor above 1023"),
        ("https://example.com:65536/", "its port is neither 80, 443 nor above 1023"),
        ("https://example.com/" + "x" * 2048, "it has more than 2048 characters"),
        ("https://example.com/" + "ü" * 400, "it has more than 2048 characters"),
    ],
)
def test_an_address_that_is_no_target_is_refused_before_anything_is_looked_up(
    url: str, reason: str
) -> None:
    looked: list[str] = []

    def look(host: str, port: int) -> Sequence[str]:
        looked.append(host)
        return [PUBLIC]

    assert refusal(Guard(resolve=look), url) == reason
    assert looked == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    assert refusal(Guard(), f"https://{host}/") == NO_ADDRESS


@pytest.mark.parametrize("host", ["nothing.invalid", "a" * 70 + ".org", "a%20b", "a..b"])
def test_a_host_that_is_not_found_is_refused_in_the_same_words(host: str) -> None:
    assert refusal(Guard(), f"https://{host}/") == NO_ADDRESS


def test_one_address_that_is_not_public_is_enough_to_be_refused() -> None:
    assert refusal(known(PUBLIC, "10.0.0.1"), "https://example.com/") == NO_ADDRESS
    assert refusal(known(), "https://example.com/") == NO_ADDRESS


def test_a_target_has_what_was_found_by_one_lookup() -> None:
    asked: list[tuple[str, int]] = []

    def look(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return [PUBLIC, "2606:4700::1111"]

    found = Guard(resolve=look).check("https://Müller.example:8443/ä?b=c#d")
    assert asked == [("xn--mller-kva.example", 8443)]
    assert str(found.url) == "https://xn--mller-kva.example:8443/%C3%A4?b=c"
    assert [str(found.pinned(each)) for each in found.addresses] == [
        f"https://{PUBLIC}:8443/%C3%A4?b=c",
        "https://[2606:4700::1111]:8443/%C3%A4?b=c",
    ]


def test_private_targets_are_let_through_where_that_is_set() -> None:
    own = Guard(to_private=True)
    assert own.check("https://127.0.0.1:8443/").addresses == (ip_address("127.0.0.1"),)
    assert own.check("http://127.0.0.1/").addresses == (ip_address("127.0.0.1"),)
    assert own.check("http://[::ffff:127.0.0.1]:8000/").addresses


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://10.0.0.1/", "it is not https"),
        ("http://8.8.8.8/", "it is not https"),
        ("https://169.254.169.254/", NO_ADDRESS),
        ("https://0.0.0.0/", NO_ADDRESS),
    ],
)
def test_even_then_it_is_no_free_for_all(url: str, reason: str) -> None:
    assert refusal(Guard(to_private=True), url) == reason


def test_a_lookup_that_takes_too_long_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "_PATIENCE", 0.05)
    answered = Event()

    def look(host: str, port: int) -> Sequence[str]:
        answered.wait(30)
        return [PUBLIC]

    began = time.monotonic()
    try:
        assert refusal(Guard(resolve=look), "https://example.com/") == NO_ADDRESS
        assert time.monotonic() - began < 10
    finally:
        answered.set()
