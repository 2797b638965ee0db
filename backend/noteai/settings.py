"""Settings from the environment, read once by a door and passed on as values.

Each is `NOTEAI_` and its path: `NOTEAI_TRANSCRIBER__MODEL=small`,
`NOTEAI_LANGUAGE_MODEL__PROVIDER=gemini`.
"""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from noteai.frozen import Frozen


class TranscriberSettings(Frozen):
    provider: Literal["local", "openai"] = "local"
    model: str = "base"
    """`base` and `tiny.en` come in wheels; else a name of the hub, a folder, or the API's."""
    api_key: SecretStr | None = None
    base_url: str | None = None


class LanguageModelSettings(Frozen):
    provider: Literal["none", "gemini", "openai"] = "none"
    model: str = ""
    api_key: SecretStr | None = None
    base_url: str | None = None
    context: int = Field(65_536, ge=2_048)
    """Tokens of one request and its answer; a server of one's own must be set to it, too."""
    max_output: int = Field(16_384, ge=256)
    max_cost: float | None = Field(None, ge=0)
    """US dollars that one run may cost."""
    price_in: float | None = Field(None, ge=0)
    """US dollars for a million tokens that are sent, where the list price does not hold."""
    price_out: float | None = Field(None, ge=0)


class Settings(BaseSettings):
    """Everything that a machine or an operator decides, none of it per lecture."""

    model_config = SettingsConfigDict(
        env_prefix="NOTEAI_", env_nested_delimiter="__", frozen=True, extra="ignore"
    )

    cache_dir: Path = Field(default_factory=lambda: user_cache_path("noteai"))
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    transcriber: TranscriberSettings = TranscriberSettings()
    language_model: LanguageModelSettings = LanguageModelSettings()
    log_level: str = "warning"
