"""One request to servers that do as they like."""

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from receiving import (
    NAME,
    Answering,
    Exchange,
    Received,
    Receiver,
    Trust,
    named,
    post,
    receiving,
)

from noteai.servers.process import free_port
from noteai.webhooks.sending import Answer, Sender, sender

HERE = ["127.0.0.1"]
LIMIT = 0.5
AMPLE = 20.0


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set when a test is over, for servers that would go on for ever."""
    event = threading.Event()
    yield event
    event.set()


def answer_to(answering: Answering, limit: float = AMPLE) -> Answer:
    with receiving(answering) as receiver:
        return post(limit)(receiver.url(), {"webhook-id": "m"}, b"{}")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    answer = answer_to(lambda exchange, got: exchange.reply(status))
    assert (answer.status, answer.is_success, answer.error) == (status, True, "")


@pytest.mark.parametrize("status", [300, 400, 404, 410, 429, 500, 503])
def test_everything_else_is_none(status: int) -> None:
    answer = answer_to(lambda exchange, got: exchange.reply(status, b"no"))
    assert (answer.status, answer.is_success, answer.text) == (status, False, "no")
    assert answer.is_gone == (status == 410)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as secret:

        def elsewhere(exchange: Exchange, got: Received) -> None:
            exchange.reply(307, location=secret.url())

        answer = answer_to(elsewhere)
        assert (answer.status, answer.is_success) == (307, False)
        assert secret.received == []


def test_no_proxy_of_the_environment_is_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert post()(receiver.url(), {}, b"{}").is_success
        assert (len(receiver.received), proxy.received) == (1, [])


def test_of_an_answer_a_kilobyte_is_kept() -> None:
    answer = answer_to(lambda exchange, got: exchange.reply(500, b"a\0" + "é".encode() * 2000))
    assert answer.text == "a\ufffd" + "é" * 511


def test_a_packed_answer_is_not_unpacked() -> None:
    answer = answer_to(
        lambda exchange, got: exchange.reply(200, b"x" * 10, content_encoding="gzip")
    )
    assert (answer.is_success, answer.text) == (True, "x" * 10)


def test_an_answer_without_end_is_read_for_a_while_only(over: threading.Event) -> None:
    sent = 0

    def endless(exchange: Exchange, got: Received) -> None:
        nonlocal sent
        exchange.send_response(200)
        exchange.send_header("connection", "close")
        exchange.end_headers()
        while not over.is_set():
            sent += exchange.wfile.write(b"x" * 65536)

    answer = answer_to(endless)
    assert (answer.is_success, len(answer.text)) == (True, 1024)
    assert sent < 64 << 20, "what the buffers of the system hold, and no more"


def late(over: threading.Event) -> Answering:
    def answering(exchange: Exchange, got: Received) -> None:
        over.wait(30)

    return answering


def drips(over: threading.Event, beginning: bytes) -> Answering:
    """A byte now and then: no single read takes long."""

    def answering(exchange: Exchange, got: Received) -> None:
        exchange.wfile.write(beginning)
        while not over.wait(0.05):
            exchange.wfile.write(b"x")
            exchange.wfile.flush()

    return answering


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("beginning", [b"", HEAD + b"x-y: ", HEAD + b"\r\n"])
def test_a_server_that_dawdles_is_left_after_the_whole_time(
    beginning: bytes, over: threading.Event
) -> None:
    answering = drips(over, beginning) if beginning else late(over)
    answer = answer_to(answering, LIMIT)
    assert answer.error == "There was no whole answer in 0.5 seconds."
    assert (answer.status, answer.is_success) == (None, False)
    assert LIMIT <= answer.seconds < 10


def test_a_handshake_that_dawdles_is_left_too(trust: Trust) -> None:
    with receiving() as plain:  # it waits for a request, and speaks no TLS
        plain.scheme = "https"
        guard, _ = named(HERE)
        answer = Sender(guard, trust.trusting, LIMIT)(plain.url(host=NAME), {}, b"{}")
    assert answer.status is None
    assert answer.seconds < 10
    assert answer.error


def test_a_connection_that_is_reset_is_a_failure() -> None:
    answer = answer_to(lambda exchange, got: exchange.reset())
    assert (answer.status, answer.error.partition(":")[0]) == (None, "ReadError")


def test_an_answer_that_breaks_off_is_a_failure() -> None:
    def broken(exchange: Exchange, got: Received) -> None:
        exchange.wfile.write(HEAD + b"content-length: 10\r\n\r\nabc")
        exchange.close_connection = True

    assert answer_to(broken).error.startswith("RemoteProtocolError")


def test_what_is_no_http_is_a_failure() -> None:
    def rambling(exchange: Exchange, got: Received) -> None:
        exchange.wfile.write(b"220 mail.example.org ESMTP\r\n")
        exchange.close_connection = True

    assert answer_to(rambling).error.startswith("RemoteProtocolError")


def test_a_server_that_is_not_there_is_a_failure() -> None:
    answer = post()(f"http://127.0.0.1:{free_port()}/", {}, b"{}")
    assert answer.error.startswith("ConnectError")


def test_what_the_guard_refuses_is_not_sent(receiver: Receiver) -> None:
    receiver.scheme = "https"
    answer = sender()(receiver.url(), {}, b"{}")
    refusal = "Nothing is sent to this address: its host has no public address."
    assert (answer.status, answer.error) == (None, refusal)
    assert receiver.received == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120.0), ("0", 0.0), ("-1", None), ("soon", None), ("9" * 400, None), ("١٢", None)],
)
def test_retry_after_is_read_where_it_makes_sense(said: str, seconds: float | None) -> None:
    def busy(exchange: Exchange, got: Received) -> None:
        exchange.wfile.write(
            b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nretry-after: " + said.encode() + b"\r\n\r\n"
        )

    assert answer_to(busy).retry_after == seconds


@pytest.mark.parametrize("late", [120, -120])
def test_retry_after_may_be_a_date(late: int) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=late), usegmt=True)
    answer = answer_to(lambda exchange, got: exchange.reply(503, retry_after=until))
    assert answer.retry_after == pytest.approx(max(0, late), abs=5)


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return Trust.of(tmp_path, NAME)


def test_a_name_is_asked_by_its_name_at_the_address_that_was_checked(trust: Trust) -> None:
    guard, asked = named(HERE)
    with receiving(tls=trust.serving) as receiver:
        answer = Sender(guard, trust.trusting)(receiver.url(host=NAME), {}, b"{}")
    assert answer.is_success, answer.error
    assert asked == [NAME]
    assert receiver.received[0].headers["host"] == f"{NAME}:{receiver.port}"


def test_a_name_that_leads_elsewhere_the_second_time_is_not_asked_again(trust: Trust) -> None:
    """As for a rebinding attack: what is looked up is checked, and what is checked is used."""
    guard, asked = named(HERE, ["10.255.255.1"])
    with receiving(tls=trust.serving) as receiver:
        assert Sender(guard, trust.trusting)(receiver.url(host=NAME), {}, b"{}").is_success
    assert asked == [NAME]


def test_a_name_that_has_become_private_by_the_time_of_the_delivery_is_refused(
    trust: Trust,
) -> None:
    guard, asked = named(["93.184.216.34"], HERE)
    strict = type(guard)(resolve=guard.resolve)
    with receiving(tls=trust.serving) as receiver:
        assert strict.check(receiver.url(host=NAME))
        answer = Sender(strict, trust.trusting)(receiver.url(host=NAME), {}, b"{}")
    assert answer.error == "Nothing is sent to this address: its host has no public address."
    assert (asked, receiver.received) == ([NAME, NAME], [])


def test_a_certificate_for_another_name_is_refused(trust: Trust) -> None:
    guard, _ = named(HERE)
    with receiving(tls=trust.serving) as receiver:
        answer = Sender(guard, trust.trusting)(receiver.url(host="other.example"), {}, b"{}")
    assert answer.error.startswith("ConnectError")
    assert "certificate" in answer.error
    assert receiver.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(trust: Trust) -> None:
    guard, _ = named(HERE)
    with receiving(tls=trust.serving) as receiver:
        answer = Sender(guard, ssl.create_default_context())(receiver.url(host=NAME), {}, b"{}")
    assert "certificate" in answer.error
    assert receiver.received == []


def test_an_address_may_have_a_certificate_of_its_own(tmp_path: Path) -> None:
    trust = Trust.of(tmp_path, "127.0.0.1")
    guard, _ = named(HERE)
    with receiving(tls=trust.serving) as receiver:
        assert Sender(guard, trust.trusting)(receiver.url(), {}, b"{}").is_success


def test_where_one_address_does_not_answer_the_next_is_tried(trust: Trust) -> None:
    guard, _ = named(["127.0.0.99", "127.0.0.1"])
    with receiving(tls=trust.serving) as receiver:
        began = time.monotonic()
        answer = Sender(guard, trust.trusting)(receiver.url(host=NAME), {}, b"{}")
    assert answer.is_success, answer.error
    assert time.monotonic() - began < 10
    assert len(receiver.received) == 1


def test_an_address_that_answered_is_the_only_one_that_is_asked(trust: Trust) -> None:
    guard, _ = named(["127.0.0.1", "127.0.0.1"])
    with receiving(lambda exchange, got: exchange.reset(), tls=trust.serving) as receiver:
        answer = Sender(guard, trust.trusting)(receiver.url(host=NAME), {}, b"{}")
    assert answer.status is None
    assert len(receiver.received) == 1
