"""Which web pages may open a socket or change something: browsers let any page try."""

from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_welcome(origin: str | None, host: str | None, allowed: str) -> bool:
    """Pages of our own host, those of `allowed` (with commas between), and what is no page."""
    if origin is None:
        return True
    page = _split(origin)
    if page is None:
        return False
    others = (_split(each.strip()) for each in allowed.split(","))
    if any(_place(each) == _place(page) for each in others if each):
        return True
    here = _split(f"{page.scheme}://{host}") if host else None
    return here is not None and _place(here) == _place(page)


def _split(origin: str) -> SplitResult | None:
    try:
        found = urlsplit(origin)
        is_whole = found.scheme in _PORTS and bool(found.hostname) and _port(found) > 0
    except ValueError:
        return None
    return found if is_whole else None


def _place(origin: SplitResult) -> tuple[str, str | None, int]:
    return origin.scheme, origin.hostname, _port(origin)


def _port(origin: SplitResult) -> int:
    return origin.port or _PORTS[origin.scheme]
