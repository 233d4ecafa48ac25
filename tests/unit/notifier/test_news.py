"""Do the contracts' events reach the core as what they mean, and its events leave as valid ones?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bellhop_common.events import contacts, customers, desks, notices, sla, topics, work
from bellhop_common.events.envelope import Envelope, Stamp
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Actor, ActorKind, Channel, Message, ReplyRoute
from bellhop_common.kernel.delivery import Received
from bellhop_notifier.adapters.news import desk_of, translate
from bellhop_notifier.adapters.timer_inputs import TimerInputs
from bellhop_notifier.adapters.wire import Wire
from bellhop_notifier.domain import inputs
from bellhop_notifier.domain.events import AddressMarked, ChatText
from bellhop_notifier.domain.notice import Kind, NoticeEvent
from bellhop_notifier.domain.subjects import Pointer, notice_key
from support.notifier_play import ARRIVED, CHAT_ROUTE, CONVERSATION, CUSTOMER, DESK, REPLIED, Play, reply_over

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ITEM = UUID("00000000-0000-7000-8000-00000000d001")
ROUTE = ReplyRoute(entry_point="help", channel=Channel.EMAIL, handle="maria@example.org", message_id="<1@example.org>")
WORK = {
    "work_item_id": ITEM,
    "conversation_id": CONVERSATION,
    "customer_id": CUSTOMER,
    "queue": "orders",
    "tier": 1,
    "channel": Channel.EMAIL,
    "priority": 50,
    "cycle": 1,
    "actor": Actor(kind=ActorKind.SYSTEM, id="router"),
}
CLOCK = {
    "clock_id": ITEM,
    "conversation_id": CONVERSATION,
    "work_item_id": ITEM,
    "metric": sla.Metric.FIRST_RESPONSE,
    "cycle": 1,
    "run": 1,
    "tier": 1,
    "queue": "orders",
    "policy": "standard",
    "policy_version": 1,
    "calendar_version": 1,
    "started_at": NOON,
    "due_at": NOON + timedelta(hours=2),
    "elapsed_seconds": 0.0,
    "paused_seconds": 0.0,
}


def received(topic: Topic, body: Message | None, key: str = "k", desk: str | None = "shop") -> Received:
    envelope = Envelope(id="1", source="bellhop/test", type="x" if body is None else body.type_name)
    return Received(topic, envelope, key, body, Stamp(desk=desk, desk_version=3), NOON)


def reply(**changed: object) -> work.WorkReplied:
    given = {
        **WORK,
        "reply_id": ITEM,
        "author": work.Author(kind="person", agent_id="ana"),
        "text": "It is on its way.",
        "replied_at": NOON,
        "reply_route": ROUTE,
    }
    return work.WorkReplied.model_validate({**given, **changed})


def test_a_public_reply_is_news() -> None:
    news = translate(received(topics.WORK, reply()))
    assert isinstance(news, inputs.Replied)
    assert (news.text, news.by_person, news.place.desk) == ("It is on its way.", True, "shop")
    assert news.route is not None
    assert news.route.message_id == "<1@example.org>"


def test_an_internal_reply_is_none() -> None:
    assert translate(received(topics.WORK, reply(visibility="internal"))) == inputs.Ignored("shop", "k")


def test_a_reply_in_html_is_read_as_text() -> None:
    news = translate(received(topics.WORK, reply(text="<p>Hello<br>there</p>", format="html")))
    assert isinstance(news, inputs.Replied)
    assert news.text == "Hello\nthere"


def test_only_the_first_response_is_promised() -> None:
    first = sla.SlaClockStarted.model_validate(CLOCK)
    assert translate(received(topics.SLA, first)) == inputs.ResponseDue(
        "shop", CONVERSATION, 1, NOON + timedelta(hours=2)
    )
    other = sla.SlaClockStarted.model_validate({**CLOCK, "metric": sla.Metric.RESOLUTION})
    assert translate(received(topics.SLA, other)) == inputs.Ignored("shop", "k")


def test_a_deleted_customer_is_gone_and_a_deleted_desk_version_is_nothing() -> None:
    assert translate(received(topics.CUSTOMER_STATE, None, str(CUSTOMER))) == inputs.CustomerGone(CUSTOMER)
    assert translate(received(topics.DESK, None, "shop/1")) is None


def test_a_customers_state_is_a_profile() -> None:
    state = customers.CustomerState.model_validate(
        {
            "version": 4,
            "customer_id": CUSTOMER,
            "handles": [{"kind": "email", "value": "maria@example.org", "state": "dead"}],
            "consents": [{"class": "marketing", "at": NOON}],
            "occasions": [{"kind": "birthday", "month": 2, "day": 29}],
        }
    )
    news = translate(received(topics.CUSTOMER_STATE, state, desk=None))
    assert isinstance(news, inputs.CustomerChanged)
    assert (news.version, news.profile.handles[0].state) == (4, "dead")
    assert (news.profile.occasions[0].day, news.profile.consents) == (29, frozenset({"marketing"}))
    assert desk_of(news) == ""


def test_a_desk_is_named_by_its_stamp_or_its_key() -> None:
    body = desks.DeskApplied(version=1, name="The Shop")
    named = translate(received(topics.DESK, body, "shop/1", desk=None))
    assert isinstance(named, inputs.DeskChanged)
    assert named.desk.slug == "shop"


def test_a_desk_file_is_never_queued_behind_work_that_waits_for_it() -> None:
    assert desk_of(inputs.DeskChanged(DESK)) == ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("delivered", None), ("delivered", False)),
        (("read", None), ("delivered", False)),
        (("bounced", True), ("bounced", True)),
        (("bounced", None), ("bounced", False)),
        (("failed", None), ("bounced", True)),
    ],
)
def test_receipts_say_whether_it_arrived(said: tuple[str, bool | None], expected: tuple[str, bool]) -> None:
    body = notices.DeliveryReceipt.model_validate(
        {
            "provider": "smtp",
            "entry_point": "help",
            "provider_message_id": "<1@x>",
            "state": said[0],
            "permanent": said[1],
            "occurred_at": NOON,
        }
    )
    news = translate(received(topics.DELIVERY, body, desk=None))
    assert isinstance(news, inputs.Receipt)
    assert (news.state, news.permanent) == expected


def test_what_somebody_wants_to_say_to_no_customer_has_no_address() -> None:
    body = notices.NoticeRequest.model_validate(
        {
            "command_id": "c",
            "issued_at": NOON,
            "actor": Actor(kind=ActorKind.OPERATOR, id="o"),
            "desk": "shop",
            "kind": "message",
            "recipient": {"kind": "customer", "id": "maria"},
            "text": "Hello",
        }
    )
    news = translate(received(topics.NOTICE_COMMAND, body, desk=None))
    assert isinstance(news, inputs.NoticeRequested)
    assert news.recipient.kind == "address"


def test_what_means_nothing_still_counts_in_its_sequence() -> None:
    body = contacts.ContactUpdated(contact_id=ITEM, conversation_id=CONVERSATION, change="edited")
    news = translate(received(topics.CONTACT, body))
    assert news == inputs.Ignored("shop", "k")
    assert desk_of(news) == "shop"


def test_each_fact_of_a_notice_is_a_valid_event_keyed_by_its_recipient() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(REPLIED)
    play.end_call()
    told = [Wire("t").encode(one) for one in play.told if isinstance(one, NoticeEvent)]
    assert [one.type for one in told] == ["notice.scheduled", "notice.sent"]
    assert {(one.topic, one.key, one.sequenced, one.desk) for one in told} == {
        ("t.notice.v1", str(CUSTOMER), True, "shop")
    }
    assert told[1].body["class"] == "transactional"
    assert told[1].body["in_doubt"] is False
    assert "text" not in told[1].body


def test_a_chats_text_is_keyed_by_its_conversation() -> None:
    play = Play().set_the_scene()
    play.tell(reply_over(CHAT_ROUTE))
    play.tell(REPLIED)
    text = next(one for one in play.told if isinstance(one, ChatText))
    out = Wire("t").encode(text)
    assert (out.topic, out.key, out.type) == ("t.chat.outbound.v1", str(CONVERSATION), "chat.message")
    assert out.natural == f"t.chat.outbound.v1/{text.notice_id}/1"
    assert out.body["author"] == "Ana"


def test_a_bad_address_is_a_command_to_who_keeps_customers() -> None:
    marked = AddressMarked(ITEM, NOON, CUSTOMER, "email", "maria@example.org", "dead")
    out = Wire("t").encode(marked)
    assert (out.topic, out.key, out.type) == ("t.customer.command.v1", str(CUSTOMER), "customer.mark-address")
    assert out.body["handle"] == {"kind": "email", "value": "maria@example.org", "verified": False, "state": "dead"}


def test_a_greeting_waits_for_all_work_and_the_customers_own_news() -> None:
    pointer = Pointer(notice_key(Kind.BIRTHDAY, CUSTOMER, 2026), CUSTOMER)
    places = TimerInputs("t").of("greet", pointer.subject())
    assert [len([one for one in places if one[0] == name]) for name in ("t.work.v1", "t.sla.v1")] == [12, 12]
    assert [name for name, _ in places].count("t.customer.state.v1") == 1


def test_a_follow_up_waits_for_its_conversation_and_customer() -> None:
    pointer = Pointer(notice_key(Kind.FOLLOW_UP, CONVERSATION, 1), CUSTOMER)
    places = TimerInputs("t").of("send", pointer.subject())
    assert [name for name, _ in places] == ["t.contact.v1", "t.work.v1", "t.sla.v1", "t.customer.state.v1"]
    assert len({partition for name, partition in places if name != "t.customer.state.v1"}) == 1
    assert replace(pointer, customer_id=None).conversation_id == CONVERSATION
