from pathlib import Path

import pytest

from noteai.resources.models import ModelMissing
from noteai.resources.transcriber.weights import locate

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.mark.parametrize("name", ["nobody/none-such", "hugest", "small@none-such-revision"])
def test_a_model_that_cannot_be_fetched_is_missing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for proxy in PROXIES:
        monkeypatch.delenv(proxy, raising=False)
    with pytest.raises(ModelMissing, match=name):
        locate(name, tmp_path)
