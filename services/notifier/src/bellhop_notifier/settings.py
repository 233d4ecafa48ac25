"""What may be configured of the notifier beyond what every service has?"""

from pathlib import Path
from typing import ClassVar

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bellhop_notifier.domain.occasions import LeapDay


class NotifierSettings(BaseSettings):
    """Every field is `BELLHOP_NOTIFIER_<NAME>`.

    `token_keys` are ingest's, newest first: mail is signed with the first, so that answers find their conversation.
    Without one each start makes its own. `public_url` is where unsubscribe links lead. A channel without a provider
    falls back to mail; `webhook_channels` go to the gateway at `webhook_url`.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="BELLHOP_NOTIFIER_", hide_input_in_errors=True, populate_by_name=True
    )

    token_keys: tuple[SecretStr, ...] = Field(
        default=(), validation_alias=AliasChoices("BELLHOP_NOTIFIER_TOKEN_KEYS", "BELLHOP_INGEST_TOKEN_KEYS")
    )
    public_url: str | None = None
    templates_dir: Path | None = None
    leap_day: LeapDay = LeapDay.FEB_28
    acknowledgement_patience: float = Field(default=5.0, ge=0.0, le=60.0)
    give_up_hours: float = Field(default=12.0, gt=0.0, le=72.0)
    keep_days: int = Field(default=35, ge=1)

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: bool = False
    smtp_start_tls: bool | None = None
    smtp_connections: int = Field(default=4, ge=1, le=64)

    whatsapp_base_url: str = "https://graph.facebook.com/v23.0"
    whatsapp_access_token: SecretStr | None = None
    whatsapp_phone_number_id: str = ""

    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_channels: frozenset[str] = frozenset({"sms", "messenger", "instagram", "telegram", "slack", "line", "x"})
    webhook_allow_private: bool = False

    sends_per_second: float = Field(default=20.0, gt=0.0)
    quick_tries: int = Field(default=3, ge=1, le=10)
