"""Does the whole notifier, on a real broker and database, write to the customer and say so?"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from httpx2 import ASGITransport, AsyncClient

from bellhop_common.events import topics
from bellhop_common.events.envelope import Envelope
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import rfc3339
from bellhop_common.kernel.app import create_app
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.postgres.migrations import migrate
from bellhop_common.settings import load_settings
from bellhop_local.stack import StackAddresses
from bellhop_notifier.adapters.notice_book import NoticeBook
from bellhop_notifier.adapters.unsubscribing import Refusal, link_token
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.inputs import News
from bellhop_notifier.domain.scene import State
from bellhop_notifier.main import READS, service
from bellhop_notifier.settings import NotifierSettings
from support.notifier_stand_ins import MailServer, WebServer
from support.topics import create_topics, read_topic
from support.waiting import until

CONVERSATION = UUID("00000000-0000-7000-8000-00000000c001")
CUSTOMER = UUID("00000000-0000-7000-8000-0000000000a1")
ITEM = UUID("00000000-0000-7000-8000-00000000d001")
REPLY = UUID("00000000-0000-7000-8000-00000000b001")
KEY = "a key for tests"
ROUTE = {
    "entry_point": "help",
    "channel": "email",
    "handle": "maria@example.org",
    "message_id": "<1@example.org>",
    "subject": "Where is my order?",
}
DESK = {
    "version": 1,
    "name": "The Shop",
    "time_zone": "Europe/Sofia",
    "entry_points": [
        {"name": "help", "channel": "email", "address": "help@shop.example", "reply_domain": "shop.example"}
    ],
    "notices": [{"kind": "thank-you", "delay": "PT0.5S"}, {"kind": "birthday"}],
}
WORK = {
    "work_item_id": ITEM,
    "conversation_id": CONVERSATION,
    "customer_id": CUSTOMER,
    "queue": "orders",
    "tier": 1,
    "channel": "email",
    "priority": 50,
    "cycle": 1,
    "actor": {"kind": "system", "id": "router"},
}


@dataclass
class Others:
    """Everybody else: what they publish, numbered as the contracts want it."""

    producer: AIOKafkaProducer
    prefix: str
    last: dict[tuple[str, str], int] = field(default_factory=dict)

    async def say(self, topic: Topic, key: str, kind: str, body: dict[str, object]) -> None:
        place = (topic.name, key)
        self.last[place] = self.last.get(place, 0) + 1
        stamps: dict[str, object] = {"at": rfc3339(datetime.now(UTC)), "desk": "shop", "desk_version": 1}  # noqa: TID251
        if topic.sequenced:
            stamps |= {"epoch": 1, "sequence": self.last[place]}
        await self.producer.send_and_wait(
            topic.full(self.prefix),
            orjson.dumps({**body, **stamps}, default=str),
            key=key.encode(),
            headers=list(Envelope(str(uuid4()), "bellhop/test", kind, key).headers()),
        )

    async def work(self, fact: str, /, **body: object) -> None:
        await self.say(topics.WORK, str(CONVERSATION), fact, {**WORK, **body})

    async def customer(self, version: int, **body: object) -> None:
        known = {"version": version, "customer_id": CUSTOMER, "name": "Maria", "locale": "bg"}
        handles = [{"kind": "email", "value": "maria@example.org", "verified": True}]
        await self.say(topics.CUSTOMER_STATE, str(CUSTOMER), "customer.state", {**known, "handles": handles, **body})


@dataclass
class House:
    runtime: Runtime[State, News, Event]
    others: Others
    client: AsyncClient
    bootstrap: str
    prefix: str

    def full(self, topic: Topic) -> str:
        return topic.full(self.prefix)

    async def notices(self) -> list[dict[str, object]]:
        records = await read_topic(self.bootstrap, self.full(topics.NOTICE))
        kinds = [dict(one.headers)["ce_type"].decode().split(".")[2] for one in records]
        return [{**orjson.loads(one.value or b""), "fact": kind} for one, kind in zip(records, kinds, strict=True)]

    async def told(self, *facts: str) -> None:
        """Waits until exactly these were told, in any order across notices."""

        async def all_there() -> bool:
            return sorted(f"{one['kind']} {one['fact']}" for one in await self.notices()) == sorted(facts)

        try:
            await until(all_there, 40)
        except TimeoutError:
            pytest.fail(f"told {[(one['kind'], one['fact'], one.get('reason')) for one in await self.notices()]}")


@pytest_asyncio.fixture
async def house(
    mail: MailServer,
    web: WebServer,
    stack: StackAddresses,
    postgres_dsn: str,
    topic_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[House]:
    monkeypatch.setenv("BELLHOP_TOPIC_PREFIX", topic_prefix)
    monkeypatch.setenv("BELLHOP_KAFKA_BOOTSTRAP", stack.kafka_bootstrap)
    monkeypatch.setenv("BELLHOP_POSTGRES_DSN", postgres_dsn)
    monkeypatch.setenv("BELLHOP_NOTIFIER_TOKEN_KEYS", f'["{KEY}"]')
    monkeypatch.setenv("BELLHOP_NOTIFIER_SMTP_PORT", str(mail.port))
    monkeypatch.setenv("BELLHOP_NOTIFIER_WHATSAPP_BASE_URL", f"http://127.0.0.1:{web.port}")
    monkeypatch.setenv("BELLHOP_NOTIFIER_WHATSAPP_ACCESS_TOKEN", "t")
    monkeypatch.setenv("BELLHOP_NOTIFIER_WHATSAPP_PHONE_NUMBER_ID", "1")
    ours, settings = (
        service(NotifierSettings(smtp_start_tls=False, acknowledgement_patience=0.5)),
        load_settings("notifier"),
    )
    await migrate(postgres_dsn, settings.schema_name, ours.migrations)
    app = create_app(ours, settings)
    runtime: Runtime[State, News, Event] = app.state.runtime
    await create_topics(stack.kafka_bootstrap, runtime.needs.partitions)
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap)
    await producer.start()
    await runtime.start()
    async with AsyncClient(transport=ASGITransport(app, client=("127.0.0.1", 1)), base_url="http://x") as client:
        yield House(runtime, Others(producer, topic_prefix), client, stack.kafka_bootstrap, topic_prefix)
    await runtime.stop()
    await producer.stop()
    assert runtime.exit_status == 0


async def open_shop(house: House, **customer: object) -> None:
    await house.others.say(topics.DESK, "shop/1", "desk.applied", DESK)
    await house.others.customer(1, **customer)


async def queue_work(house: House) -> None:
    await house.others.work(
        "work.queued",
        kind="contact",
        reference="BH-1001",
        rule="r",
        customer={"locale": "bg"},
        queued_at=rfc3339(datetime(2026, 3, 10, tzinfo=UTC)),
        reply_route=ROUTE,
        entry_point="help",
    )


async def contact_over(house: House, route: dict[str, object]) -> None:
    """Waits until it was read: on topics that are not ordered with each other the reply could be faster."""
    body = {
        "contact_id": ITEM,
        "conversation_id": CONVERSATION,
        "reference": "BH-1001",
        "is_new_conversation": True,
        "channel": route["channel"],
        "entry_point": route["entry_point"],
        "provider": "p",
        "provider_message_id": "m",
        "occurred_at": rfc3339(datetime(2026, 3, 10, tzinfo=UTC)),
        "received_at": rfc3339(datetime(2026, 3, 10, tzinfo=UTC)),
        "customer": {"id": CUSTOMER},
        "text": "Where is my order?",
        "reply_text": "Where is my order?",
        "reply_route": route,
    }
    await house.others.say(topics.CONTACT, str(CONVERSATION), "contact.received", body)

    async def known() -> bool:
        async with house.runtime.database.acquire() as connection:
            return bool(await connection.fetchval("SELECT 1 FROM aggregates WHERE kind = 'conversation'"))

    await until(known)


async def test_a_message_is_acknowledged_answered_and_thanked_for(house: House, mail: MailServer) -> None:
    await open_shop(house)
    await queue_work(house)
    await house.told("acknowledgement scheduled", "acknowledgement sent")
    await house.others.work("work.noted", text="Means nothing to customers, but counts.")
    await say_something(house)
    await house.others.work("work.resolved", resolution={"code": "solved"})
    await house.told(
        *(f"{kind} {fact}" for kind in ("acknowledgement", "reply", "thank-you") for fact in ("scheduled", "sent"))
    )
    assert [str(one["Subject"]) for one in mail.mails] == [
        "Получихме вашето съобщение [BH-1001]",
        "Re: Where is my order?",
        "Благодарим ви",
    ]
    assert {str(one["In-Reply-To"]) for one in mail.mails} == {"<1@example.org>"}
    metrics = (await house.client.get("/metrics")).text
    assert 'support_notifier_notices_total{kind="reply",outcome="sent"} 1.0' in metrics
    assert 'support_notifier_send_seconds_count{channel="email",outcome="done"} 3.0' in metrics
    sent = {one["provider_message_id"] for one in await house.notices() if one["fact"] == "sent"}
    assert sent == {str(one["Message-ID"]) for one in mail.mails}


async def say_something(house: House) -> None:
    await house.others.work(
        "work.replied",
        reply_id=REPLY,
        author={"kind": "person", "agent_id": "ana"},
        text="It is on its way.",
        replied_at=rfc3339(datetime(2026, 3, 10, tzinfo=UTC)),
    )


async def test_a_live_chat_hears_the_answer_through_ingest(house: House, mail: MailServer) -> None:
    await open_shop(house)
    await contact_over(house, {"entry_point": "site", "channel": "chat", "handle": "visitor-1"})
    await say_something(house)
    await house.told("reply scheduled", "reply sent")
    said = [
        orjson.loads(one.value or b"") for one in await read_topic(house.bootstrap, house.full(topics.CHAT_OUTBOUND))
    ]
    assert [(one["conversation_id"], one["text"]) for one in said] == [(str(CONVERSATION), "It is on its way.")]
    receipt = {
        "provider": "chat",
        "entry_point": "site",
        "provider_message_id": said[0]["notice_id"],
        "state": "delivered",
        "occurred_at": rfc3339(datetime(2026, 3, 10, tzinfo=UTC)),
    }
    await house.others.say(topics.DELIVERY, "k", "delivery.receipt", receipt)
    await house.told("reply scheduled", "reply sent", "reply delivered")
    assert mail.mails == []


async def test_whatsapp_is_answered_on_whatsapp(house: House, web: WebServer) -> None:
    await open_shop(house)
    await contact_over(house, {"entry_point": "wa", "channel": "whatsapp", "handle": "359881234567"})
    await say_something(house)
    await house.told("reply scheduled", "reply sent")
    assert [orjson.loads(one.body)["text"]["body"] for one in web.requests] == ["It is on its way."]
    assert [one["provider_message_id"] for one in await house.notices() if one["fact"] == "sent"] == ["wamid.1"]


async def test_a_bounce_is_told_and_passed_on(house: House, mail: MailServer) -> None:
    await open_shop(house)
    await queue_work(house)
    await house.told("acknowledgement scheduled", "acknowledgement sent")
    receipt = {
        "provider": "smtp",
        "entry_point": "help",
        "provider_message_id": str(mail.mails[0]["Message-ID"]),
        "state": "bounced",
        "permanent": True,
        "status": "5.1.1",
        "occurred_at": rfc3339(datetime(2026, 3, 10, tzinfo=UTC)),
    }
    for _ in range(2):
        await house.others.say(topics.DELIVERY, "k", "delivery.receipt", receipt)
    await house.told("acknowledgement scheduled", "acknowledgement sent", "acknowledgement bounced")
    commands = await read_topic(house.bootstrap, house.full(topics.CUSTOMER_COMMAND))
    assert [orjson.loads(one.value or b"")["handle"]["state"] for one in commands] == ["dead"]


async def test_a_birthday_today_is_greeted_once(house: House, mail: MailServer) -> None:
    today = datetime.now(UTC)  # noqa: TID251 - the database's clock is the one that decides here
    born = {"kind": "birthday", "month": today.month, "day": today.day}
    await open_shop(house, occasions=[born], time_zone="UTC")
    await house.others.customer(2, occasions=[born], time_zone="UTC", name="Maria Petrova")
    await house.told("birthday scheduled", "birthday sent")
    await asyncio.sleep(0.5)
    await house.told("birthday scheduled", "birthday sent")
    assert len(mail.mails) == 1


async def test_a_notice_can_be_asked_for_and_refused(house: House, mail: MailServer) -> None:
    await open_shop(house)
    await queue_work(house)
    await house.told("acknowledgement scheduled", "acknowledgement sent")
    known = (await house.notices())[0]["notice_id"]
    one = (await house.client.get(f"/v1/notices/{known}")).json()
    assert (one["kind"], one["state"], one["provider"]) == ("acknowledgement", "sent", "smtp")
    listed = (await house.client.get(f"/v1/conversations/{CONVERSATION}/notices")).json()
    assert [notice["notice_id"] for notice in listed] == [known]
    assert (await house.client.get(f"/v1/notices/{uuid4()}")).status_code == 404

    link = f"/v1/unsubscribe/{link_token(KEY.encode(), Refusal(CUSTOMER, 'relationship'))}"
    assert (await house.client.get(link)).status_code == 200
    assert await read_topic(house.bootstrap, house.full(topics.CUSTOMER_COMMAND)) == []
    for _ in range(2):
        answer = await house.client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert (await house.client.post(link[:-4])).status_code == 404
    await house.others.work("work.resolved", resolution={"code": "solved"})
    await house.told("acknowledgement scheduled", "acknowledgement sent", "thank-you scheduled", "thank-you suppressed")
    assert len(mail.mails) == 1


async def test_people_can_see_what_is_planned(house: House) -> None:
    desk = {**DESK, "notices": [{"kind": "follow-up", "delay": "3d"}, {"kind": "birthday"}]}
    await house.others.say(topics.DESK, "shop/1", "desk.applied", desk)
    await house.others.customer(1, occasions=[{"kind": "birthday", "month": 2, "day": 29}])
    await house.others.work("work.resolved", resolution={"code": "solved"})
    await house.told("follow-up scheduled")
    book = NoticeBook(house.runtime.database)
    assert sorted((one.kind, one.state, one.recipient) for one in await book.plan(10)) == [
        ("birthday", "planned", f"customer {CUSTOMER}"),
        ("follow-up", "scheduled", f"customer {CUSTOMER}"),
    ]
    assert await book.forget(timedelta(0)) == 0


async def test_what_has_ended_is_forgotten_in_time(house: House) -> None:
    await open_shop(house)
    await queue_work(house)
    await house.told("acknowledgement scheduled", "acknowledgement sent")
    book = NoticeBook(house.runtime.database)
    assert await book.forget(timedelta(days=1)) == 0
    assert await book.forget(timedelta(0)) == 2


async def test_a_mail_server_that_is_away_is_waited_for(house: House, mail: MailServer) -> None:
    mail.refuse["maria@example.org"] = "451 4.3.0 not now"
    await open_shop(house)
    await queue_work(house)
    await house.told("acknowledgement scheduled")
    await asyncio.sleep(2)
    assert mail.mails == []
    mail.refuse.clear()
    await house.told("acknowledgement scheduled", "acknowledgement sent")
    assert len(mail.mails) == 1


async def test_a_greeting_that_a_stop_finds_before_its_content_is_left_for_others_and_not_in_doubt(
    house: House, mail: MailServer, postgres_dsn: str
) -> None:
    await open_shop(house)
    await queue_work(house)
    await house.told("acknowledgement scheduled", "acknowledgement sent")
    mail.ignore.add("maria@example.org")
    await house.others.work("work.resolved", resolution={"code": "solved"})
    await asyncio.wait_for(mail.ignored.wait(), 40)
    began = time.monotonic()
    await house.runtime.stop()
    assert time.monotonic() - began < 20.0
    connection = await asyncpg.connect(postgres_dsn)
    left = await connection.fetch("SELECT in_doubt, lease_until, unanswered FROM bellhop_notifier.calls")
    await connection.close()
    assert [tuple(row) for row in left] == [(False, None, 0)]


def test_it_reads_what_the_catalogue_says_it_reads() -> None:
    listed = {topic.name for topic in topics.CATALOGUE if "notifier" in topic.read_by}
    assert {topic.name for topic in READS} == listed - {"agent.v1"}
