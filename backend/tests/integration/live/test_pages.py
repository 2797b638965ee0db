"""Which web pages may open a socket."""

import pytest
from live_door import Door, next_of
from websockets.exceptions import InvalidStatus


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_host_is_not_let_in(door: Door, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, door.socket(door.job(), origin=origin):
        pytest.fail("it was let in")
    assert refused.value.response.status_code == 403


def test_own_pages_and_allowed_ones_are_let_in(door: Door) -> None:
    job = door.job()
    for origin in (f"http://127.0.0.1:{door.port}", "https://two.example.org"):
        with door.socket(job, origin=origin) as socket:
            assert next_of(socket)["type"] == "snapshot"
