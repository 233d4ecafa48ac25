"""What is one message of a customer, once the provider's wrapping is off?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bellhop_ingest.domain.channels import Channel, HandleKind


@dataclass(frozen=True, slots=True)
class Handle:
    """`verified`: the provider, or the trusted mail server, vouches that the sender owns it."""

    kind: HandleKind
    value: str
    verified: bool = False

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.value.casefold()}"


@dataclass(frozen=True, slots=True)
class Sender:
    """`name`, `locale` and `external_ids` are what the sender or provider says of the person."""

    handles: tuple[Handle, ...] = ()
    name: str | None = None
    locale: str | None = None
    external_ids: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        external = (f"external:{system}/{value}".casefold() for system, value in self.external_ids)
        return frozenset((*(handle.key for handle in self.handles), *external))


@dataclass(frozen=True, slots=True)
class Attachment:
    """`content` where the bytes came along; else `ref` is where the provider keeps them."""

    name: str
    media_type: str
    size: int
    sha256: str
    ref: str | None = None
    inline: bool = False
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything that may tie an arrival to a conversation; nothing in here is proof by itself.

    `references` are message ids, newest first, `in_reply_to` among them. `tokens` are the conversation
    tokens found in reply addresses and in our own message ids.
    """

    provider_thread_id: str | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    to_addresses: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()


class CallStage(StrEnum):
    IVR = "ivr"
    QUEUE = "queue"
    RINGING = "ringing"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Call:
    from_number: str | None = None
    withheld: bool = False
    stage: CallStage | None = None


@dataclass(frozen=True, slots=True)
class Authentication:
    """The trusted mail server's or provider's verdict, such as `dmarc` and `pass`."""

    method: str
    result: str


@dataclass(frozen=True, slots=True)
class Language:
    tag: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """`reply_text` is `text` without quoted mail and signature. `digest` names the content, whatever its id.

    `reply_handle` is where an answer goes if that isn't the sender's first handle. `automatic_reply_unwanted`:
    the sender asked for no acknowledgement. `attributes` come from an unauthenticated sender: shown, never obeyed.
    """

    channel: Channel
    entry_point: str
    provider: str
    provider_message_id: str
    occurred_at: datetime
    sender: Sender
    text: str
    reply_text: str
    digest: str
    subject: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    thread: Thread = Thread()
    reply_handle: str | None = None
    can_reply_until: datetime | None = None
    language: Language | None = None
    authentication: Authentication | None = None
    call: Call | None = None
    automatic_reply_unwanted: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.attachments or (self.subject or "").strip() or self.call)
