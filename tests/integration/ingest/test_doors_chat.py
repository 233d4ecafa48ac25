"""Does a visitor's chat live on any replica, lose nothing when it is taken up again, and end as it should?"""

from uuid import UUID, uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bellhop_common.events import topics, work
from bellhop_common.events.chats import ChatMessage
from bellhop_common.events.wire import Actor, ActorKind, Channel
from support.chatting import page
from support.ingest_house import Doors, where
from support.waiting import until

BOT = Actor(kind=ActorKind.BOT, id="helper")
Replicas = tuple[Doors, Doors]


async def reply(doors: Doors, conversation_id: str, text: str) -> UUID:
    notice_id = uuid4()
    message = ChatMessage(notice_id=notice_id, conversation_id=conversation_id, author="Eva", text=text)
    stamp = {"at": "2026-03-02T10:00:00Z"}
    await doors.house.stamped(topics.CHAT_OUTBOUND, UUID(conversation_id), message, 1, **stamp)
    return notice_id


async def replied(doors: Doors, conversation_id: str, author: str = "person") -> None:
    event = work.WorkReplied(
        work_item_id=uuid4(),
        conversation_id=conversation_id,
        queue="general",
        tier=1,
        channel=Channel.CHAT,
        priority=50,
        cycle=1,
        actor=BOT,
        reply_id=uuid4(),
        author=work.Author(kind=author),
        text="Hello",
        replied_at="2026-03-02T10:00:00Z",
    )
    await doors.house.stamped(topics.WORK, UUID(conversation_id), event, 1)


async def test_a_message_is_a_contact_and_is_acknowledged_once(replicas: Replicas) -> None:
    doors, _ = replicas
    async with page(doors.replica) as visitor:
        told = await visitor.say("m1", "Hello, anybody there?", visitor={"name": "Lu", "email": "lu@chat.example"})
        again = await visitor.say("m1", "Hello, anybody there?")
        second = await visitor.say("m2", "It is about my chair")
    body = await doors.said.first("contact.received", where(contact_id=told["contact_id"]))
    assert (told["id"], told["repeat"], again["repeat"]) == ("m1", False, True)
    assert second["conversation_id"] == told["conversation_id"]
    assert (body["channel"], body["entry_point"], body["customer"]["name"]) == ("chat", "page", "Lu")
    assert {one["kind"] for one in body["customer"]["handles"]} == {"chat", "email"}


async def test_a_reply_reaches_the_socket_on_whichever_replica_it_is(replicas: Replicas) -> None:
    async with page(replicas[0].replica) as one, page(replicas[1].replica) as two:
        first, second = await one.say("m1", "One"), await two.say("m1", "Two")
        for visitor, told in ((one, first), (two, second)):
            notice_id = await reply(replicas[0], told["conversation_id"], "How can I help?")
            frame = await visitor.next("reply")
            assert frame == {
                "type": "reply",
                "id": str(notice_id),
                "author": "Eva",
                "text": "How can I help?",
                "at": "2026-03-02T10:00:00.000000Z",
            }


async def test_a_chat_taken_up_on_the_other_replica_hears_what_it_missed_and_nothing_twice(replicas: Replicas) -> None:
    one, two = replicas
    async with page(one.replica) as visitor:
        told = await visitor.say("m1", "Hello")
        heard = await reply(one, told["conversation_id"], "First")
        assert (await visitor.next("reply"))["id"] == str(heard)
        await visitor.send(type="received", id=str(heard))
        await one.said.first("delivery.receipt", where(provider_message_id=str(heard)))
        session = visitor.session
    missed = await reply(one, told["conversation_id"], "Second")
    await _until_logged(one, told["conversation_id"], 2)
    async with page(two.replica, session) as back:
        assert (await back.next("reply"))["id"] == str(missed)
        later = await reply(one, told["conversation_id"], "Third")
        assert (await back.next("reply"))["id"] == str(later)
        assert (await back.say("m2", "Thanks"))["conversation_id"] == told["conversation_id"]


async def test_what_was_heard_is_told_once_as_delivered(replicas: Replicas) -> None:
    doors, _ = replicas
    async with page(doors.replica) as visitor:
        told = await visitor.say("m1", "Hello")
        notice_id = str(await reply(doors, told["conversation_id"], "Hello"))
        await visitor.next("reply")
        await _until_logged(doors, told["conversation_id"], 1)
        for _ in range(3):
            await visitor.send(type="received", id=notice_id)
        await visitor.send(type="received", id="no id at all")
        await visitor.say("m2", "Still there")
    receipt = await doors.said.first("delivery.receipt", where(provider_message_id=notice_id))
    assert (receipt["provider"], receipt["entry_point"], receipt["state"]) == ("chat", "page", "delivered")
    assert len(doors.said.of("delivery.receipt", where(provider_message_id=notice_id))) == 1


async def test_a_received_that_overtakes_our_own_reading_counts(replicas: Replicas) -> None:
    """The socket may have the text before the group has stored it."""
    doors, _ = replicas
    async with page(doors.replica) as visitor:
        told = await visitor.say("m1", "Hello")
        notice_id = str(await reply(doors, told["conversation_id"], "Quick"))
        await visitor.next("reply")
        await visitor.send(type="received", id=notice_id)
        await doors.said.first("delivery.receipt", where(provider_message_id=notice_id))


@pytest.mark.parametrize("session", ["forged", "eyJhIjoxfQ.x"])
async def test_a_session_that_we_did_not_sign_is_refused(replicas: Replicas, session: str) -> None:
    url = replicas[0].replica.url.replace("http", "ws")
    async with connect(f"{url}/v1/chats/page?session={session}") as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401


async def test_an_entry_point_without_a_chat_is_refused(replicas: Replicas) -> None:
    async with connect(f"{replicas[0].replica.url.replace('http', 'ws')}/v1/chats/site") as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4404


async def test_frames_that_are_none_are_refused_and_the_chat_goes_on(replicas: Replicas) -> None:
    async with page(replicas[0].replica) as visitor:
        for frame in (
            "{no json",
            "[]",
            '"text"',
            b"\x00\xff",
            '{"type": "dance"}',
            '{"type": "message", "text": "Hi"}',
        ):
            await visitor.socket.send(frame)
            assert (await visitor.next("refused"))["errors"]
        await visitor.send(type="typing")
        assert (await visitor.next("ignored"))["reason"]
        await visitor.say("m1", "Hello")


async def test_a_visitor_who_closes_before_any_answer_has_abandoned_once(replicas: Replicas) -> None:
    one, two = replicas
    async with page(one.replica) as visitor:
        told = await visitor.say("m1", "Hello?")
        await visitor.send(type="close")
        assert (await visitor.next("accepted"))["conversation_id"] == told["conversation_id"]
        session = visitor.session
    async with page(two.replica, session) as back:
        await back.send(type="close")
        await back.next("accepted")
        await back.say("m2", "Here I am again")
    await one.said.first(
        "contact.received",
        lambda body: body.get("conversation_id") == told["conversation_id"] and not body["is_new_conversation"],
    )
    gone = one.said.of("contact.abandoned", where(conversation_id=told["conversation_id"]))
    assert [(body["stage"], body["contact_id"], body["short"]) for body in gone] == [("chat", told["contact_id"], True)]


async def test_a_visitor_who_closes_after_an_answer_just_leaves(replicas: Replicas) -> None:
    doors, _ = replicas
    async with page(doors.replica) as visitor:
        told = await visitor.say("m1", "Hello?")
        await replied(doors, told["conversation_id"])

        async def answered() -> bool:
            return bool((await doors.house.document("conversation", told["conversation_id"]))["answered"])

        await until(answered)
        await visitor.send(type="close")
        await visitor.next("accepted")
        await visitor.say("m2", "Bye")
    await doors.said.first("contact.received", where(conversation_id=told["conversation_id"], sequence=2))
    assert not doors.said.of("contact.abandoned", where(conversation_id=told["conversation_id"]))


async def test_a_record_that_is_no_message_stops_nobody(replicas: Replicas) -> None:
    doors, _ = replicas
    await doors.house.send(topics.CHAT_OUTBOUND, "k", b"{no json", {})
    async with page(doors.replica) as visitor:
        told = await visitor.say("m1", "Hello")
        await reply(doors, told["conversation_id"], "Still here")
        assert (await visitor.next("reply"))["text"] == "Still here"


async def _until_logged(doors: Doors, conversation_id: str, count: int) -> None:
    async def logged() -> bool:
        return len((await doors.house.document("chat", conversation_id)).get("said", ())) >= count

    await until(logged)
