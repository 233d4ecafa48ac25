"""What may be configured of ingest beyond what every service has?"""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Every field is `BELLHOP_INGEST_<NAME>`.

    `token_keys` sign conversation tokens and chat sessions, newest first; without one, each start makes its own,
    and replies to older mail find their conversation by reference only. `secrets_dir` holds a file per secret that
    the desk file names, each line one secret, so that two are valid while one replaces the other.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="BELLHOP_INGEST_", hide_input_in_errors=True
    )

    lmtp_host: str = "127.0.0.1"
    lmtp_port: int = Field(default=8024, ge=0, le=65535)
    max_mail_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    max_body_bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    parsers: int = Field(default=2, ge=1, le=16)
    own_domains: frozenset[str] = frozenset()
    trusted_mail_servers: frozenset[str] = frozenset()
    region: str | None = None
    secrets_dir: Path | None = None
    public_url: str | None = None
    token_keys: tuple[SecretStr, ...] = ()
    objects_dir: Path | None = None
