"""How do the notifier's events look on the wire?"""

from collections.abc import Mapping
from typing import Final

from bellhop_common.events import customers, notices, topics
from bellhop_common.events.chats import ChatMessage
from bellhop_common.events.notices import NoticeEvent as NoticeMessage
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Actor, ActorKind, HandleKind, Message
from bellhop_common.postgres.outbox import Outgoing
from bellhop_notifier.domain.events import AddressMarked, ChatText, CustomerFlagged, Event
from bellhop_notifier.domain.notice import Fact, Notice, NoticeEvent

OURSELVES: Final = Actor(kind=ActorKind.SYSTEM, id="notifier")
MESSAGES: Final[Mapping[Fact, type[NoticeMessage]]] = {
    Fact.SCHEDULED: notices.NoticeScheduled,
    Fact.DEFERRED: notices.NoticeDeferred,
    Fact.SENT: notices.NoticeSent,
    Fact.DELIVERED: notices.NoticeDelivered,
    Fact.BOUNCED: notices.NoticeBounced,
    Fact.FAILED: notices.NoticeFailed,
    Fact.SUPPRESSED: notices.NoticeSuppressed,
    Fact.EXPIRED: notices.NoticeExpired,
    Fact.CANCELLED: notices.NoticeCancelled,
}


class Wire:
    """`prefix` of the topics."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def encode(self, event: Event) -> Outgoing:
        match event:
            case NoticeEvent():
                return self._notice(event)
            case ChatText():
                return self._chat(event)
            case AddressMarked() | CustomerFlagged():
                return self._customer(event)

    def _notice(self, event: NoticeEvent) -> Outgoing:
        body = notice_message(event)
        return Outgoing(
            topic=topics.NOTICE.full(self._prefix),
            key=event.notice.recipient.id,
            type=body.type_name,
            body=_json(body),
            desk=event.notice.desk,
            desk_version=event.notice.desk_version,
            sequenced=True,
        )

    def _chat(self, text: ChatText) -> Outgoing:
        body = ChatMessage.model_validate(text)
        natural = self._natural(topics.CHAT_OUTBOUND, str(text.notice_id))
        return Outgoing(
            topic=topics.CHAT_OUTBOUND.full(self._prefix),
            key=str(text.conversation_id),
            type=body.type_name,
            body=_json(body),
            desk=text.desk,
            desk_version=text.desk_version,
            natural=natural,
        )

    def _customer(self, event: AddressMarked | CustomerFlagged) -> Outgoing:
        body = customer_command(event)
        return Outgoing(
            topic=topics.CUSTOMER_COMMAND.full(self._prefix),
            key=str(event.customer_id),
            type=body.type_name,
            body=_json(body),
            natural=self._natural(topics.CUSTOMER_COMMAND, str(event.command_id)),
        )

    def _natural(self, topic: Topic, what: str) -> str:
        return f"{topic.full(self._prefix)}/{what}/1"


def notice_message(event: NoticeEvent) -> NoticeMessage:
    extra: dict[str, object] = {}
    if event.fact is Fact.DEFERRED:
        extra = {"until": event.notice.until}
    if event.fact is Fact.BOUNCED:
        extra = {"permanent": event.permanent, "error_class": event.error_class}
    return MESSAGES[event.fact].model_validate({**_facts(event.notice), **extra})


def customer_command(event: AddressMarked | CustomerFlagged) -> customers.CustomerCommand:
    asked = {
        "command_id": str(event.command_id),
        "issued_at": event.issued_at,
        "actor": OURSELVES,
        "customer_id": event.customer_id,
    }
    if isinstance(event, CustomerFlagged):
        return customers.CustomerFlag.model_validate({**asked, "flag": event.flag, "on": True})
    handle = customers.CustomerHandle(kind=HandleKind(event.handle_kind), value=event.address, state=event.state)
    return customers.CustomerMarkAddress.model_validate({**asked, "handle": handle})


def _facts(notice: Notice) -> dict[str, object]:
    return {
        "notice_id": notice.notice_id,
        "kind": notice.kind.value,
        "class": notice.class_.value,
        "recipient": {"kind": notice.recipient.kind, "id": notice.recipient.id},
        "conversation_id": notice.conversation_id,
        "reply_id": notice.reply_id,
        "occasion": notice.occasion,
        "template": notice.template,
        "locale": notice.locale,
        "channel": notice.channel,
        "provider": notice.provider,
        "provider_message_id": notice.provider_message_id,
        "due_at": notice.due_at,
        "reason": notice.reason,
        "in_doubt": notice.in_doubt,
    }


def _json(body: Message) -> dict[str, object]:
    return body.model_dump(mode="json", by_alias=True, exclude_none=True)
