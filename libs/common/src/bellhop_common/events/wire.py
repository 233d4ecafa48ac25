"""How is a value written on the wire? The base model and the small types that all events share."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer, StringConstraints


def _to_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant between the years 1 and 9999 in UTC") from error


@lru_cache(maxsize=1_024)  # the instant of a transaction is written into every part of every event of its batch
def rfc3339(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`: equal instants give equal text."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc), PlainSerializer(rfc3339, return_type=str, when_used="json")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
ShortText = Annotated[str, StringConstraints(max_length=1_000)]
LongText = Annotated[str, StringConstraints(max_length=700_000)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class Wire(BaseModel):
    """Readers ignore what they don't know, so that fields can be added; errors never show the value."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, from_attributes=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class Message(Wire):
    """The body of one event or command; `type_name` is `ce_type` without prefix and version."""

    type_name: ClassVar[str]


class Channel(StrEnum):
    EMAIL = "email"
    CHAT = "chat"
    FORM = "form"
    SMS = "sms"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SLACK = "slack"
    LINE = "line"
    X = "x"
    WALK_IN = "walk_in"
    EVENT = "event"


class ActorKind(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    CUSTOMER = "customer"
    BOT = "bot"
    SYSTEM = "system"


class Actor(Wire):
    kind: ActorKind
    id: Identifier


class HandleKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    CHAT = "chat"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SLACK = "slack"
    LINE = "line"
    X = "x"
    EXTERNAL = "external"


class Handle(Wire):
    kind: HandleKind
    value: Identifier
    verified: bool = False


class Attachment(Wire):
    """`ref` names the stored object; the bytes never travel in an event."""

    ref: Identifier
    name: ShortText
    media_type: ShortText
    bytes: int
    sha256: str
    state: str = "stored"


class ReplyRoute(Wire):
    """Everything a reply needs to reach the customer on the channel and in the thread they used."""

    entry_point: Slug
    channel: Channel
    handle: Identifier | None = None
    can_reply_until: Instant | None = None
    provider_thread_id: str | None = None
    message_id: str | None = None
    references: tuple[str, ...] = ()
    subject: ShortText | None = None
    participants: tuple[str, ...] = ()


class FirstContact(Wire):
    contact_id: UUID
    received_at: Instant
