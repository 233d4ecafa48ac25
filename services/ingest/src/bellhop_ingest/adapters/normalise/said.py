"""What do all messengers have in common? Somebody known to the provider said something under the provider's id."""

from dataclasses import dataclass
from datetime import datetime

from bellhop_ingest.adapters.normalise.texts import identifier, long_text
from bellhop_ingest.domain.arrival import Arrival, Attachment, Authentication, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.outcomes import Origin, Parked, ParkReason
from bellhop_ingest.domain.reception import Reception


@dataclass(frozen=True, slots=True)
class Said:
    message_id: str
    at: datetime
    sender: Sender
    text: str
    attachments: tuple[Attachment, ...] = ()
    thread_id: str | None = None
    replies_to: str | None = None
    reply_handle: str | None = None
    can_reply_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One provider's traffic through one door."""

    channel: Channel
    provider: str
    reception: Reception

    def arrival(self, said: Said) -> Arrival | Parked:
        """Without words or files there is nothing to show an agent."""
        text = long_text(said.text)
        arrival = Arrival(
            channel=self.channel,
            entry_point=self.reception.entry_point,
            provider=self.provider,
            provider_message_id=identifier(said.message_id),
            occurred_at=said.at,
            sender=said.sender,
            text=text,
            reply_text=text,
            digest=content_digest(text, *(one.ref or one.sha256 for one in said.attachments)),
            attachments=said.attachments,
            thread=Thread(
                provider_thread_id=said.thread_id,
                message_id=said.message_id,
                in_reply_to=said.replies_to,
                references=(said.replies_to,) if said.replies_to else (),
            ),
            reply_handle=said.reply_handle,
            can_reply_until=said.can_reply_until,
            authentication=Authentication("provider", "pass"),
        )
        return Parked(arrival, ParkReason.EMPTY, "no text, no attachment") if arrival.is_empty else arrival

    def origin(self, message_id: str) -> Origin:
        return Origin(self.channel, self.reception.entry_point, self.provider, identifier(message_id))


def known_as(kind: HandleKind, value: str, name: str | None = None, locale: str | None = None) -> Sender:
    """A sender whom the provider vouches for."""
    return Sender((Handle(kind, value, verified=True),) if value else (), name, locale)


def kept_elsewhere(name: str | None, media_type: str | None, ref: str, size: int = 0) -> Attachment:
    """A file that is still at the provider's."""
    return Attachment(identifier(name or "file"), media_type or "application/octet-stream", size, "", identifier(ref))
