"""The page of the API, which a machine without a network shows, too."""

import re
from types import SimpleNamespace
from typing import cast

from starlette.testclient import TestClient

from noteai.api.app import create_app
from noteai.api.services import ApiServices
from noteai.settings import ServiceSettings


def test_the_page_loads_everything_from_the_service_itself() -> None:
    services = cast("ApiServices", SimpleNamespace(service=ServiceSettings()))
    client = TestClient(create_app(services, is_measured=False), base_url="http://localhost")
    page = client.get("/docs").text
    loaded = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', page)
    assert any(each.endswith(".js") for each in loaded)
    for each in loaded:
        assert client.get(each).status_code == 200, each
