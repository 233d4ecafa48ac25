"""What would ingest's database do? A map of documents that is read, locked and written like the real one, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import immutables

from bellhop_common.decision import Decision, MissingReference, Subject
from bellhop_common.tokens import conversation_token
from bellhop_ingest.application.intake import admit_all
from bellhop_ingest.domain.admission import Admissible, Admitted, Applicant
from bellhop_ingest.domain.arrival import Arrival, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.decide import IngestState, decide
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.events import IngestEvent
from bellhop_ingest.domain.inputs import IngestInput
from bellhop_ingest.domain.places import Places
from bellhop_ingest.domain.view import DocumentMap

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
DOORS = (
    Door("support-mail", "email", "support", 1, "help@example.com", "reply.example.com"),
    Door("site-form", "form", "support", 1),
    Door("whatsapp", "whatsapp", "support", 1),
    Door("shop-events", "event", "support", 1),
    Door("phone", "phone", "support", 1),
)


def token(conversation_id: UUID) -> str:
    return conversation_token(KEY, conversation_id)


PLACES = Places(DOORS, (), lambda conversation_id: (token(conversation_id),))


@dataclass
class Memory:
    """Everything is known; `events` are all that came out, in order."""

    documents: DocumentMap = field(default_factory=immutables.Map)
    events: list[IngestEvent] = field(default_factory=list)
    places: Places = PLACES

    def admit(self, *outcomes: Admissible, now: datetime = NOON) -> list[Admitted]:
        applicants = [Applicant(one, NOON) for one in outcomes]
        after, answers = admit_all(self.state(), applicants, now)
        self.documents = after.documents
        admitted = [answer for answer in answers if isinstance(answer, Admitted)]
        assert len(admitted) == len(outcomes), "with everything known nobody is deferred"
        self.events += [event for answer in admitted for event in answer.events]
        return admitted

    def tell(self, one: IngestInput, now: datetime = NOON) -> Sequence[IngestEvent]:
        decision = decide(self.state(), one, now)
        assert isinstance(decision, Decision), decision
        self.documents = decision.state.documents
        self.events += decision.events
        return decision.events

    def refuse(self, one: IngestInput) -> MissingReference:
        missing = decide(self.state(), one, NOON)
        assert isinstance(missing, MissingReference)
        return missing

    def state(self) -> IngestState:
        return IngestState(self.documents, _Everything(), self.places)


class _Everything(frozenset[Subject]):
    def __contains__(self, _: object) -> bool:
        return True


def mail(
    message_id: str, text: str = "It is broken", sender: str = "ana@example.org", subject: str = "Printer"
) -> Arrival:
    """Add threads and attachments with `dataclasses.replace`."""
    plain = arrival(Channel.EMAIL, "support-mail", message_id, sender, text)
    return replace(plain, subject=subject, thread=Thread(message_id=message_id))


def arrival(channel: Channel, door: str, message_id: str, sender: str, text: str) -> Arrival:
    kind = HandleKind.EMAIL if "@" in sender else HandleKind.PHONE
    return Arrival(
        channel=channel,
        entry_point=door,
        provider=channel.value,
        provider_message_id=message_id,
        occurred_at=NOON,
        sender=Sender((Handle(kind, sender),), name="Ana"),
        text=text,
        reply_text=text,
        digest=content_digest(message_id, text),
    )


def answering(message_id: str, reference: str, sender: str = "ana@example.org") -> Arrival:
    thread = Thread(message_id=message_id, in_reply_to=reference, references=(reference,))
    return replace(mail(message_id, "More on this", sender), thread=thread)
