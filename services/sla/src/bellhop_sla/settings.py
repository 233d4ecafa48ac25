"""What may be configured of sla beyond what every service has? Where its commands look for it."""

from typing import ClassVar

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bellhop_common.addresses import http_url


class SlaSettings(BaseSettings):
    """Every field is `BELLHOP_SLA_<NAME>`; `token` is sent by the commands where tokens are required."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="BELLHOP_SLA_", hide_input_in_errors=True
    )

    url: str = "http://127.0.0.1:8003"
    token: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return http_url(value)
