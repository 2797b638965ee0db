"""Where a request may go: nowhere that the internet could not reach by itself.

The address is read once, its host is looked up once, everything that was found is checked, and
the connection is made to what was checked.
"""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

import httpx2

from noteai.webhooks.errors import TargetRefused

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host, each once. Raises: OSError, UnicodeError."""

LONGEST = 2048
_PORTS = {80, 443}
_FREE = range(1024, 65536)
_PATIENCE = 5.0
_NAT64 = ip_network("64:ff9b::/96")
_INWARD = tuple(map(ip_network, ("192.88.99.0/24", "168.63.129.16/32")))
"""Global by their number alone: relays of 6to4, and a host that each machine in Azure can reach."""
_NOT_SECURE = "it is not https"
_NOT_PUBLIC = "its host has no public address"


@dataclass(frozen=True)
class Target:
    """A URL, and the addresses of its host that were checked."""

    url: httpx2.URL
    addresses: tuple[Address, ...]

    def pinned(self, address: Address) -> httpx2.URL:
        """The same with an address for its host: nothing is left to be looked up."""
        return self.url.copy_with(host=str(address))


def resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Lets through what may be sent to.

    `to_private` also lets through addresses of networks that the internet cannot reach, and plain
    http on this machine itself.
    """

    to_private: bool = False
    resolve: Resolve = resolve

    def check(self, url: str) -> Target:
        """Looks the host up, for five seconds at most. Raises: TargetRefused."""
        read = _read(url)
        if read.scheme == "http" and not self.to_private:
            raise TargetRefused(reason=_NOT_SECURE)
        addresses = tuple(map(ip_address, self._addresses(read)))
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise TargetRefused(reason=_NOT_PUBLIC)
        if read.scheme == "http" and not _are_loopback(addresses):
            raise TargetRefused(reason=_NOT_SECURE)
        return Target(read, addresses)

    def _addresses(self, url: httpx2.URL) -> Sequence[str]:
        host, port = url.raw_host.decode(), port_of(url)
        try:
            return _in_time(lambda: self.resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise TargetRefused(reason=_NOT_PUBLIC) from error

    def _is_allowed(self, address: Address) -> bool:
        return is_public(address) or (self.to_private and is_private(address))


def port_of(url: httpx2.URL) -> int:
    usual = 443 if url.scheme == "https" else 80
    return usual if url.port is None else url.port


def is_public(address: Address) -> bool:
    """The whole internet can reach it, and any address of IPv4 that it stands for."""
    carried = _carried(address)
    if carried:
        return is_public(carried)
    is_one_host = not (address.is_multicast or address.is_reserved or _is_inward(address))
    return address.is_global and is_one_host


def is_private(address: Address) -> bool:
    """It is of this machine or of a network of one's own. Link-local ones, where clouds keep their
    credentials, are not.
    """
    carried = _carried(address)
    if carried:
        return is_private(carried)
    if address.is_loopback:
        return True
    is_local = address.is_private and not (address.is_link_local or address.is_reserved)
    return is_local and not (address.is_unspecified or address.is_multicast)


def _carried(address: Address) -> IPv4Address | None:
    """The address of IPv4 that one of IPv6 leads to."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def _is_inward(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.is_site_local:
        return True
    return any(address in network for network in _INWARD)


def _are_loopback(addresses: Sequence[Address]) -> bool:
    return all((_carried(each) or each).is_loopback for each in addresses)


def _read(url: str) -> httpx2.URL:
    """As it is kept and sent to: in ASCII, without a fragment. Raises: TargetRefused."""
    try:
        read = httpx2.URL(url).copy_with(fragment=None)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise TargetRefused(reason="it is no URL") from error
    if read.scheme not in ("https", "http"):
        raise TargetRefused(reason=_NOT_SECURE)
    if not read.raw_host:
        raise TargetRefused(reason="it is no URL")
    if read.userinfo:
        raise TargetRefused(reason="it has a user or a password in it")
    if port_of(read) not in _PORTS and port_of(read) not in _FREE:
        raise TargetRefused(reason="its port is neither 80, 443 nor above 1023")
    if len(str(read)) > LONGEST:
        raise TargetRefused(reason=f"it has more than {LONGEST} characters")
    return read


def _in_time(look_up: Callable[[], Sequence[str]]) -> Sequence[str]:
    """A lookup cannot be stopped: one that takes too long is left behind. Raises: OSError."""
    found: SimpleQueue[Sequence[str] | OSError | UnicodeError] = SimpleQueue()

    def look() -> None:
        try:
            found.put(look_up())
        except (OSError, UnicodeError) as error:
            found.put(error)

    Thread(target=look, daemon=True).start()
    with suppress(Empty):
        answer = found.get(timeout=_PATIENCE)
        if isinstance(answer, Exception):
            raise answer
        return answer
    return ()
