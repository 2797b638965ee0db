"""Servers on this machine that webhooks lead to: some behave and some do not."""

import contextlib
import os
import re
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select, update

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.webhooks import service
from noteai.webhooks.courier import Post, deliver_next
from noteai.webhooks.models import DeliveryRow, WebhookRow
from noteai.webhooks.patience import Patience
from noteai.webhooks.sending import Answer, Sender, sender
from noteai.webhooks.service import HookOrder
from noteai.webhooks.target import Guard

AT_ONCE = Patience(pauses=(0.0,))
NAME = "hooks.example"
"""What the certificate of a receiver is for."""
_DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def documented() -> Callable[[str, Mapping[str, str], bytes], bool]:
    """`verify`, as the page on the API has it."""
    blocks = re.findall(
        r"^```python\n(.*?)^```", _DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    (block,) = (each for each in blocks if "def verify(" in each)
    space: dict[str, Any] = {}
    exec(compile(block, "api.md", "exec"), space)  # noqa: S102
    found: Callable[[str, Mapping[str, str], bytes], bool] = space["verify"]
    return found


@dataclass(frozen=True)
class Received:
    path: str
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Exchange(BaseHTTPRequestHandler):
    """One request, and all that may be done with it."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        got = Received(self.path, headers, body)
        self.server.owner.received.append(got)
        with contextlib.suppress(OSError):
            self.server.owner.answer(self, got)

    def do_GET(self) -> None:
        self.do_POST()

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """Gone, with what TCP has for it."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        os.close(self.connection.detach())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Answering = Callable[[Exchange, Received], None]


def content(exchange: Exchange, got: Received) -> None:
    exchange.reply(200, b"thanks")


class _Server(ThreadingHTTPServer):
    owner: "Receiver"
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that went away is part of the tests."""


@dataclass
class Receiver:
    port: int
    scheme: str = "http"
    answer: Answering = content
    received: list[Received] = field(default_factory=list)

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.received]


@contextmanager
def receiving(answer: Answering = content, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    server = _Server(("127.0.0.1", 0), Exchange)
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.owner = Receiver(server.server_address[1], "https" if tls else "http", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.owner
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Trust:
    """A certificate for a name, and who trusts it."""

    serving: ssl.SSLContext
    trusting: ssl.SSLContext

    @classmethod
    def of(cls, folder: Path, *names: str) -> "Trust":
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, names)
        pem = folder / "receiver.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = certificate.public_bytes(serialization.Encoding.PEM)
        pem.write_bytes(secret + public)
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(pem)
        return cls(serving, ssl.create_default_context(cadata=public.decode()))


def _certificate(key: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a receiver")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(list(map(_general_name, names))), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def named(*answers: Sequence[str]) -> tuple[Guard, list[str]]:
    """A guard whose names are resolved so, one answer after the other, and what it was asked."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return Guard(to_private=True, resolve=resolve), asked


def post(limit: float = 10.0) -> Sender:
    """To this machine, too."""
    return Sender(Guard(to_private=True), ssl.create_default_context(), limit)


@dataclass
class Hooks:
    """Webhooks in a database."""

    database: Database

    def add(self, url: str, *events: Any, **order: Any) -> WebhookRow:
        account = order.pop("account", LOCAL)
        if events:
            order["events"] = events
        with self.database.transaction() as session:
            return service.add(session, account, HookOrder(url, **order), limit=1000)

    def get(self, hook: WebhookRow) -> WebhookRow:
        with self.database.transaction() as session:
            return session.get_one(WebhookRow, hook.id)

    def set(self, hook: WebhookRow, **values: Any) -> None:
        with self.database.transaction() as session:
            row = session.get_one(WebhookRow, hook.id)
            for name, value in values.items():
                setattr(row, name, value)

    def ping(self, hook: WebhookRow, times: int = 1) -> list[str]:
        """Ids of deliveries, in their order."""
        with self.database.transaction() as session:
            return [str(service.ping(session, LOCAL, hook.id).id) for _ in range(times)]

    def deliveries(self, hook: WebhookRow) -> list[DeliveryRow]:
        with self.database.transaction() as session:
            query = session.query(DeliveryRow).filter_by(webhook_id=hook.id)
            return query.order_by(DeliveryRow.position).all()

    def states(self, hook: WebhookRow) -> list[str]:
        return [each.state for each in self.deliveries(hook)]

    def set_all(self, hook: WebhookRow, **values: Any) -> None:
        """Of its deliveries."""
        with self.database.transaction() as session:
            row = update(DeliveryRow).where(DeliveryRow.webhook_id == hook.id)
            session.execute(row.values(**values))

    def carry(self, post: Post, patience: Patience = AT_ONCE) -> int:
        """Until nothing is due: how often something was sent."""
        return sum(1 for _ in iter(lambda: deliver_next(self.database, post, patience), False))


def die_after_sending(database_url: str) -> None:
    """Send what is due, and be killed before that is written down."""
    send = sender(to_private=True)

    def sending(url: str, headers: Mapping[str, str], body: bytes) -> Any:
        send(url, headers, body)
        os.kill(os.getpid(), signal.SIGKILL)

    with closing(Database(database_url)) as database:
        deliver_next(database, sending)


def refuse(status: int, **headers: str) -> Post:
    after = float(headers["retry_after"]) if headers else None
    return lambda url, given, body: Answer(0.1, status, "no", after)


def wait_of(hooks: Hooks, hook: WebhookRow) -> float:
    """Seconds until the oldest delivery is tried again."""
    head = select(func.extract("epoch", DeliveryRow.due_at - func.now()))
    with hooks.database.transaction() as session:
        found = head.where(DeliveryRow.webhook_id == hook.id, DeliveryRow.state == "pending")
        return float(session.execute(found.order_by(DeliveryRow.position)).scalars().first() or 0)
