"""What may be configured, and what holds when nothing is said? One model, read from the environment."""

import os
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bellhop_common import addresses
from bellhop_common.errors import Misuse

SECRET = frozenset({"postgres_dsn"})
DEFAULT_PORTS = {"ingest": 8001, "router": 8002, "sla": 8003, "notifier": 8004}


class KernelSettings(BaseSettings):
    """Every field is `BELLHOP_<NAME>`; `BELLHOP_<SERVICE>_<NAME>` goes first.

    Times are seconds. `failure_window` is how long an event that a handler fails on is tried;
    `reference_patience` how long one waits for what it refers to; `identity_horizon` how long
    handled ids are remembered.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(env_prefix="BELLHOP_", hide_input_in_errors=True)

    service: str = "service"
    kafka_bootstrap: str = "127.0.0.1:9092"
    postgres_dsn: SecretStr = SecretStr("postgresql://127.0.0.1:5432/postgres")
    topic_prefix: str = "support"
    topic_replication: int = Field(default=1, ge=1, le=9)
    group_id: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65_535)
    tokens_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    pool_size: int = Field(default=8, ge=2, le=100)
    desks_in_parallel: int = Field(default=4, ge=1, le=64)
    max_records: int = Field(default=500, ge=1, le=5_000)
    batch_timeout_ms: int = Field(default=10, ge=1, le=1_000)
    session_timeout: float = Field(default=10.0, ge=1.0)
    rebalance_timeout: float = Field(default=30.0, ge=1.0)
    stop_timeout: float = Field(default=20.0, ge=1.0)
    stuck_after: float = Field(default=60.0, ge=1.0)
    failure_window: float = Field(default=30.0, ge=0.0)
    reference_patience: float = Field(default=30.0, ge=0.0)
    identity_horizon: timedelta = timedelta(days=9)

    @field_validator("kafka_bootstrap")
    @classmethod
    def _is_bootstrap(cls, value: str) -> str:
        return addresses.kafka_bootstrap(value)

    @field_validator("postgres_dsn")
    @classmethod
    def _is_dsn(cls, value: SecretStr) -> SecretStr:
        return SecretStr(addresses.postgres_dsn(value.get_secret_value()))

    @field_validator("log_level", mode="before")
    @classmethod
    def _loud(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @property
    def group(self) -> str:
        return self.group_id or f"{self.topic_prefix}.{self.service}"

    @property
    def schema_name(self) -> str:
        return f"bellhop_{self.service}"

    def redacted(self) -> dict[str, object]:
        """For people: secrets show as stars."""
        return self.model_dump(mode="json")


def load_settings(service: str) -> KernelSettings:
    """Reads the environment now; what is named for the service goes before what is named for all. Raises `Misuse`."""
    prefix = f"BELLHOP_{service.upper()}_"
    own = {
        name: os.environ[prefix + name.upper()]
        for name in KernelSettings.model_fields
        if prefix + name.upper() in os.environ
    }
    if "port" not in own and "BELLHOP_PORT" not in os.environ:
        own["port"] = str(DEFAULT_PORTS.get(service, 0))
    try:
        return KernelSettings.model_validate({**_from_environment(), **own, "service": service})
    except ValidationError as error:
        raise Misuse("; ".join(_wrong(service, str(one["loc"][0]), one["msg"]) for one in error.errors())) from error


def _wrong(service: str, field: str, message: str) -> str:
    names = (f"BELLHOP_{service.upper()}_{field.upper()}", f"BELLHOP_{field.upper()}")
    name = next((one for one in names if one in os.environ), names[1])
    got = "" if field in SECRET else f" is {os.environ.get(name, '')!r}"
    return f"{name}{got}: {message.removeprefix('Value error, ')}"


def _from_environment() -> dict[str, str]:
    names = (name for name in KernelSettings.model_fields if name != "service")
    return {name: os.environ[f"BELLHOP_{name.upper()}"] for name in names if f"BELLHOP_{name.upper()}" in os.environ}
