"""Settings from the environment, read once by a door and passed on as values.

Each is `NOTEAI_` and its path: `NOTEAI_TRANSCRIBER__MODEL=small`,
`NOTEAI_LANGUAGE_MODEL__PROVIDER=gemini`.
"""

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from noteai.cgroup import processors
from noteai.errors import InputError
from noteai.frozen import Frozen


class BadSetting(InputError):
    """A setting does not fit: {reason}."""

    hint = "docs/settings.md says what each variable may be."
    exit_status = 37

    @classmethod
    def of(cls, error: ValidationError, *group: str) -> "BadSetting":
        """Without the value, which may be a secret."""
        first = error.errors()[0]
        name = "__".join(map(str, (*group, *first["loc"]))).upper()
        return cls(reason=f"NOTEAI_{name}: {first['msg']}")


class TranscriberSettings(Frozen):
    provider: Literal["local", "openai"] = "local"
    model: str = "base"
    """`base` and `tiny.en` come in wheels; else a name of the hub, a folder, or the API's."""
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    """Of the local model."""
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


class CloudFrontSettings(Frozen):
    """A distribution before the bucket; without a domain files come from the store itself."""

    domain: str = ""
    key_id: str = ""
    private_key: SecretStr = SecretStr("")
    """RSA, in PEM."""


class ServiceSettings(Frozen):
    """How the service is shared out and how patient it is."""

    account_uploads: int = Field(50, ge=1)
    """Unfinished uploads that one account may have at a time."""
    max_upload: int = Field(20 * 1024**3, ge=1)
    """Bytes of the largest recording."""
    upload_life: float = Field(24 * 3600.0, gt=0)
    """Seconds until an unfinished upload expires, and a complete one that no job uses."""
    discard_after: float = Field(900.0, ge=0)
    """Seconds until the files of what was deleted leave the store."""
    url_life: float = Field(3600.0, gt=0)
    """Seconds that a presigned URL holds."""
    allow_remote: bool = False
    """Whether `noteai api` may listen where others reach it, who may then do everything.

    It is then asked for by any name, and else by those of this machine alone.
    """
    allowed_origins: str = ""
    """Web pages of other hosts that may open a WebSocket and send changes, with commas between."""
    lease: float = Field(45.0, gt=0)
    """Seconds without a heartbeat after which a stage is given to another worker."""
    heartbeat: float = Field(5.0, gt=0)
    sweep: float = Field(5.0, gt=0)
    """Seconds between looks for what got stuck."""
    canary: float = Field(60.0, ge=0)
    """Seconds between messages that show whether a queue is open; 0 for none."""
    attempts: int = Field(3, ge=1)
    """Tries of a stage whose worker dies or whose services do not answer."""
    job_life: float = Field(24 * 3600.0, gt=0)
    """Seconds after which a job that has not ended is ended as overdue."""
    account_webhooks: int = Field(20, ge=1)
    """Webhooks that one account may have, besides those of single jobs."""
    couriers: int = Field(4, ge=0)
    """Webhooks that one worker delivers to at a time; 0 where it reaches nothing outside."""
    webhooks_to_private: bool = False
    """Whether webhooks may lead to this machine and to private networks."""
    metrics_port: int = Field(0, ge=0, le=65_535)
    """Where `noteai worker` serves its metrics; 0 for nowhere."""


class Settings(BaseSettings):
    """Everything that a machine or an operator decides, none of it per lecture."""

    model_config = SettingsConfigDict(
        env_prefix="NOTEAI_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
    )

    cache_dir: Path = Field(default_factory=lambda: user_cache_path("noteai"))
    threads: int = Field(default_factory=lambda: max(1, int(processors())), ge=1)
    transcriber: TranscriberSettings = TranscriberSettings()
    language_model: LanguageModelSettings = LanguageModelSettings()
    log_level: str = "warning"
    log_format: Literal["console", "json"] = "console"
    otlp_endpoint: str = Field(
        "", validation_alias=AliasChoices("NOTEAI_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    """Of a collector of traces, such as `http://127.0.0.1:4318`; without one there are none."""

    database_url: str = ""
    """`postgresql+psycopg2://user:password@host:5432/name`."""
    database_pool: int = Field(5, ge=1)
    """Connections that one process keeps open."""
    redis_url: str = ""
    s3_endpoint: str | None = None
    """Left out for AWS itself."""
    s3_public_endpoint: str | None = None
    """Where clients reach the store, where that is another address."""
    s3_bucket: str = "noteai"
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    """Left out where the machine has credentials of its own."""
    s3_secret_key: SecretStr | None = None
    cloudfront: CloudFrontSettings = CloudFrontSettings()
    service: ServiceSettings = ServiceSettings()


def from_environment() -> Settings:
    """Raises: BadSetting."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSetting.of(error) from None
    except SettingsError as error:
        raise BadSetting(reason=error) from None
