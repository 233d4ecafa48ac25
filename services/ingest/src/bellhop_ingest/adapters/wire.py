"""How do ingest's events look on the wire, and its inputs off it?"""

from dataclasses import asdict
from typing import Final
from uuid import UUID

from bellhop_common.events import contacts, topics
from bellhop_common.events.customers import CustomerState
from bellhop_common.events.notices import DeliveryReceipt
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Message
from bellhop_common.ids import natural_id
from bellhop_common.postgres.outbox import Outgoing
from bellhop_ingest.domain import events
from bellhop_ingest.domain.arrival import Arrival, Attachment
from bellhop_ingest.domain.documents import Conversation, Door
from bellhop_ingest.domain.events import IngestEvent

TEXT_LIMIT: Final = 200_000


class Wire:
    """`prefix` of the topics; see `topics.py` for what goes where."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def encode(self, event: IngestEvent) -> Outgoing:
        match event:
            case events.ContactReceived():
                return self._contact(event.door, event.conversation.conversation_id, received(event))
            case events.ContactParked():
                return self._contact(event.door, event.contact_id, parked(event))
            case events.ContactUpdated():
                return self._contact(event.door, event.conversation_id, contacts.ContactUpdated.model_validate(event))
            case events.ContactAbandoned():
                return self._contact(event.door, event.conversation_id, abandoned(event))
            case events.CallStateChanged():
                state = contacts.ContactCallState.model_validate(event)
                return self._contact(event.door, event.conversation_id, state)
            case events.CustomerChanged(customer=customer):
                state_of = CustomerState.model_validate(_customer_body(event))
                key = str(customer.customer_id)
                return self._plain(topics.CUSTOMER_STATE, key, state_of, f"{key}/{customer.version}")
            case events.ReceiptRecorded(receipt=receipt):
                body = DeliveryReceipt.model_validate(receipt)
                key = str(natural_id("delivery", body.provider, body.entry_point, body.provider_message_id))
                return self._plain(topics.DELIVERY, key, body, f"{key}/{body.state}/{body.address}")
            case events.SubmissionAccepted() | events.SubmissionRefused():
                return self._result(event)

    def _result(self, event: events.SubmissionAccepted | events.SubmissionRefused) -> Outgoing:
        accepted = isinstance(event, events.SubmissionAccepted)
        model: type[Message] = contacts.ContactAccepted if accepted else contacts.ContactRefused
        key = event.submission_id
        return self._plain(
            topics.CONTACT_RESULT, key, model.model_validate(event), f"{key}/{model.type_name}/{event.record}"
        )

    def _contact(self, door: Door, key: UUID, body: Message) -> Outgoing:
        return Outgoing(
            topic=topics.CONTACT.full(self._prefix),
            key=str(key),
            type=body.type_name,
            body=_json(body),
            desk=door.desk,
            desk_version=door.desk_version,
            sequenced=True,
        )

    def _plain(self, topic: Topic, key: str, body: Message, natural: str) -> Outgoing:
        full = topic.full(self._prefix)
        return Outgoing(topic=full, key=key, type=body.type_name, body=_json(body), natural=f"{full}/{natural}")


def _json(body: Message) -> dict[str, object]:
    return body.model_dump(mode="json", by_alias=True, exclude_none=True)


def received(event: events.ContactReceived) -> contacts.ContactReceived:
    arrival, conversation = event.arrival, event.conversation
    return contacts.ContactReceived.model_validate(
        {
            **_of_arrival(arrival, event.provider_message_id),
            "contact_id": event.contact_id,
            "conversation_id": conversation.conversation_id,
            "reference": conversation.reference,
            "is_new_conversation": event.is_new_conversation,
            "received_at": event.received_at,
            "customer": _facts_of_customer(event),
            "reply_text": arrival.reply_text[:TEXT_LIMIT],
            "attachments": tuple(_attachment(one) for one in arrival.attachments),
            "language": arrival.language,
            "in_reply_to": arrival.thread.in_reply_to,
            "reply_route": reply_route(arrival, conversation),
            "triage": event.triage,
            "call": None if arrival.call is None else _call(arrival),
            "authentication": arrival.authentication,
        }
    )


def parked(event: events.ContactParked) -> contacts.ContactParked:
    outcome = event.parked
    bounce = {"recipients": outcome.bounced} if outcome.bounced else None
    return contacts.ContactParked.model_validate(
        {
            **_of_arrival(outcome.arrival, event.provider_message_id),
            "contact_id": event.contact_id,
            "received_at": event.received_at,
            "park": {"reason": outcome.reason, "detail": outcome.detail},
            "bounce": bounce,
        }
    )


def abandoned(event: events.ContactAbandoned) -> contacts.ContactAbandoned:
    return contacts.ContactAbandoned.model_validate(
        {**_fields(event), "channel": event.door.channel, "entry_point": event.door.name}
    )


def reply_route(arrival: Arrival, conversation: Conversation) -> dict[str, object]:
    handles = arrival.sender.handles
    return {
        "entry_point": conversation.entry_point,
        "channel": arrival.channel,
        "handle": arrival.reply_handle or (handles[0].value if handles else None),
        "can_reply_until": arrival.can_reply_until,
        "provider_thread_id": arrival.thread.provider_thread_id,
        "message_id": arrival.thread.message_id,
        "references": arrival.thread.references,
        "subject": arrival.subject,
        "participants": arrival.thread.participants,
    }


def _of_arrival(arrival: Arrival, provider_message_id: str) -> dict[str, object]:
    return {
        "channel": arrival.channel,
        "entry_point": arrival.entry_point,
        "provider": arrival.provider,
        "provider_message_id": provider_message_id,
        "occurred_at": arrival.occurred_at,
        "subject": arrival.subject,
        "text": arrival.text[:TEXT_LIMIT],
    }


def _facts_of_customer(event: events.ContactReceived) -> dict[str, object]:
    customer = event.customer
    return {
        "id": customer.customer_id,
        "handles": customer.handles,
        "name": customer.name,
        "locale": customer.locale,
        "time_zone": customer.time_zone,
        "vip": customer.vip,
        "flags": customer.flags,
    }


def _attachment(one: Attachment) -> dict[str, object]:
    return {
        "ref": one.ref or f"sha256:{one.sha256}",
        "name": one.name,
        "media_type": one.media_type,
        "bytes": one.size,
        "sha256": one.sha256,
        "state": "stored" if one.content else "pending",
    }


def _call(arrival: Arrival) -> dict[str, object]:
    call = arrival.call
    return {} if call is None else {"from": call.from_number, "withheld": call.withheld, "stage": call.stage}


def _fields(event: events.ContactAbandoned) -> dict[str, object]:
    return {
        "contact_id": event.contact_id,
        "conversation_id": event.conversation_id,
        "stage": event.stage,
        "waited_ms": event.waited_ms,
        "short": event.short,
    }


def _customer_body(event: events.CustomerChanged) -> dict[str, object]:
    body = asdict(event.customer)
    body["consents"] = [{**one, "class": one.pop("class_")} for one in body["consents"]]
    return body
