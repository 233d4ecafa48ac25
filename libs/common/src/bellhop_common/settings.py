"""What may be configured, and what holds when nothing is said? One model, read from the environment."""

import os
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    port: int = 0
    tokens_file: Path | None = None
    log_level: str = "INFO"
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
    """Reads the environment now; what is named for the service goes before what is named for all."""
    prefix = f"BELLHOP_{service.upper()}_"
    own = {
        name: os.environ[prefix + name.upper()]
        for name in KernelSettings.model_fields
        if prefix + name.upper() in os.environ
    }
    if "port" not in own and "BELLHOP_PORT" not in os.environ:
        own["port"] = str(DEFAULT_PORTS.get(service, 0))
    return KernelSettings.model_validate({**_from_environment(), **own, "service": service})


def _from_environment() -> dict[str, str]:
    names = (name for name in KernelSettings.model_fields if name != "service")
    return {name: os.environ[f"BELLHOP_{name.upper()}"] for name in names if f"BELLHOP_{name.upper()}" in os.environ}
