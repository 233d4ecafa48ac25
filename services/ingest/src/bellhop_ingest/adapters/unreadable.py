"""What is said of bytes that no parser could take in within its limits?"""

from email.errors import MessageError

from bellhop_ingest.domain.arrival import Arrival, Sender
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.deduplication import mail_digest
from bellhop_ingest.domain.outcomes import Outcome, Parked, ParkReason, refused
from bellhop_ingest.domain.reception import Reception

EMAIL = Channel.EMAIL.value
# What a library may raise on bytes that nobody foresaw; `RecursionError` is a `RuntimeError`.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    MessageError,
    RuntimeError,
    TypeError,
    ValueError,
)


def unreadable(channel: str, raw: bytes, reception: Reception, detail: str) -> Outcome:
    """Mail is kept for a person to look at; the sender of anything else is told."""
    if channel == EMAIL:
        return unreadable_mail(raw, reception, detail)
    return refused("body", f"something unreadable ({detail})", "the provider's body")


def unreadable_mail(raw: bytes, reception: Reception, detail: str) -> Parked:
    digest = mail_digest(raw)
    arrival = Arrival(
        channel=Channel.EMAIL,
        entry_point=reception.entry_point,
        provider=EMAIL,
        provider_message_id=digest,
        occurred_at=reception.received_at,
        sender=Sender(),
        text="",
        reply_text="",
        digest=digest,
    )
    return Parked(arrival, ParkReason.UNREADABLE, detail)
