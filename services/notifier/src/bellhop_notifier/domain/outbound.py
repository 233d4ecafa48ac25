"""What does a provider need to send one notice? Everything, as plain text, so that it can wait in the database."""

from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """`automatic` is RFC 3834's word for us: `no` where a person wrote it. `sender` is our address on that channel."""

    notice_id: str
    kind: str
    notice_class: str
    template: str
    locale: str
    time_zone: str
    channel: str
    address: str
    conversation_id: str | None = None
    customer_id: str | None = None
    desk: str
    entry_point: str | None = None
    sender: str | None = None
    from_address: str | None = None
    from_name: str = ""
    reply_domain: str | None = None
    automatic: str = "auto-generated"
    thread_subject: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    provider_thread_id: str | None = None
    cc: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    planned_at: str
    give_up_at: str

    def body(self) -> dict[str, object]:
        return asdict(self)

    @property
    def give_up(self) -> datetime:
        return datetime.fromisoformat(self.give_up_at)

    @property
    def planned(self) -> datetime:
        return datetime.fromisoformat(self.planned_at)
