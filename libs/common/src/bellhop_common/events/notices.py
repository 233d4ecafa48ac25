"""What is said to whom, and how did it go? Notices and the receipts of deliveries."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from bellhop_common.events.commands import Command
from bellhop_common.events.wire import Channel, Identifier, Instant, LongText, Message, ShortText, Slug, Wire


class Recipient(Wire):
    """The id of an address is a keyed hash, never the address."""

    kind: Literal["customer", "agent", "address", "audience"]
    id: Identifier


class NoticeEvent(Message):
    model_config = ConfigDict(populate_by_name=True)
    notice_id: UUID
    kind: Slug
    class_: Literal["transactional", "operational", "internal", "feedback", "relationship", "marketing"] = Field(
        alias="class"
    )
    recipient: Recipient
    conversation_id: UUID | None = None
    reply_id: UUID | None = None
    occasion: str | None = None
    template: str
    locale: str
    channel: Channel
    provider: str | None = None
    provider_message_id: str | None = None
    due_at: Instant
    reason: str | None = None
    in_doubt: bool = False


class NoticeScheduled(NoticeEvent):
    type_name: ClassVar[str] = "notice.scheduled"


class NoticeDeferred(NoticeEvent):
    type_name: ClassVar[str] = "notice.deferred"
    until: Instant


class NoticeSent(NoticeEvent):
    type_name: ClassVar[str] = "notice.sent"


class NoticeDelivered(NoticeEvent):
    type_name: ClassVar[str] = "notice.delivered"


class NoticeBounced(NoticeEvent):
    type_name: ClassVar[str] = "notice.bounced"
    permanent: bool
    error_class: str


class NoticeFailed(NoticeEvent):
    type_name: ClassVar[str] = "notice.failed"


class NoticeSuppressed(NoticeEvent):
    type_name: ClassVar[str] = "notice.suppressed"


class NoticeExpired(NoticeEvent):
    type_name: ClassVar[str] = "notice.expired"


class NoticeCancelled(NoticeEvent):
    type_name: ClassVar[str] = "notice.cancelled"


class NoticeRequest(Command):
    model_config = ConfigDict(populate_by_name=True)
    type_name: ClassVar[str] = "notice.request"
    desk: Slug
    kind: Slug
    recipient: Recipient
    text: LongText
    subject: ShortText | None = None
    send_at: Instant | None = None


class NoticeCancel(Command):
    type_name: ClassVar[str] = "notice.cancel"
    notice_id: UUID


class DeliveryReceipt(Message):
    """A provider's word on something we sent; for mail the id is our Message-ID, for chat the notice id."""

    type_name: ClassVar[str] = "delivery.receipt"
    provider: str
    entry_point: Slug
    provider_message_id: Identifier
    state: Literal["accepted", "delivered", "read", "failed", "bounced"]
    permanent: bool | None = None
    status: str | None = None
    address: str | None = None
    occurred_at: Instant
