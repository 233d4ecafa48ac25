"""Does the sla service on a real broker and database say everything once, in order and in time?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4, uuid5

import httpx2
import orjson
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI

from bellhop_common.events import topics
from bellhop_common.events.desks import Calendar, DeskApplied, DeskQueue, EscalationRow, SlaPolicy, SlaTarget
from bellhop_common.events.envelope import Envelope
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import event_id
from bellhop_common.kernel.ends import Ends
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.messaging import topic_admin
from bellhop_common.postgres.migrations import migrate
from bellhop_common.settings import KernelSettings
from bellhop_local.stack import StackAddresses
from bellhop_sla.adapters.documents import SlaDocuments
from bellhop_sla.adapters.http import sla_routes
from bellhop_sla.main import SlaRuntime, service
from support.topics import read_topic

FIRST = "first_response_time"


def ms(number: int) -> timedelta:
    return timedelta(milliseconds=number)


DESK = DeskApplied(
    version=1,
    name="Acme",
    queues=(DeskQueue(name="general"), DeskQueue(name="slow")),
    sla=(
        SlaPolicy(name="slow", queues=("slow",), targets=(SlaTarget(metric=FIRST, within=ms(6000), warnings=()),)),
        SlaPolicy(
            name="fast", targets=(SlaTarget(metric=FIRST, within=ms(1500), warnings=(50,), pause_on=("customer",)),)
        ),
    ),
    calendars=(Calendar(name="office", time_zone="Europe/Berlin", hours="Mo-Fr 09:00-17:00", holidays="DE"),),
    escalation=(EscalationRow(cause=f"sla.{FIRST}.breached", do="move-up", to_tier=2),),
)


@dataclass(slots=True)
class Router:
    """Speaks as the router would."""

    producer: AIOKafkaProducer
    prefix: str
    sequences: dict[UUID, "count[int]"] = field(default_factory=dict)

    async def apply(self, desk: DeskApplied) -> None:
        stamp = {"desk": "acme", "desk_version": desk.version, "at": rfc3339(datetime.now(UTC))}  # noqa: TID251
        await self._send(topics.DESK, f"acme/{desk.version}", desk.type_name, {**desk.model_dump(mode="json"), **stamp})

    async def say(self, conversation: UUID, event: str, at: datetime | None = None, **more: object) -> None:
        now = at or datetime.now(UTC)  # noqa: TID251
        sequence = next(self.sequences.setdefault(conversation, count(1)))
        body = {
            "work_item_id": str(uuid5(conversation, "item")),
            "conversation_id": str(conversation),
            "queue": "general",
            "tier": 1,
            "channel": "email",
            "priority": 50,
            "cycle": 1,
            "actor": {"kind": "system", "id": "router"},
            **more,
        }
        stamp = {"at": rfc3339(now), "desk": "acme", "desk_version": 1, "epoch": 1, "sequence": sequence}
        await self._send(topics.WORK, str(conversation), event, {**body, **stamp})

    async def queued(self, conversation: UUID, queue: str = "general") -> datetime:
        now = datetime.now(UTC)  # noqa: TID251
        first = {"contact_id": str(uuid4()), "received_at": rfc3339(now)}
        given = {"kind": "contact", "reference": "R1", "rule": "all", "customer": {}, "queued_at": rfc3339(now)}
        await self.say(conversation, "work.queued", now, queue=queue, first_contact=first, **given)
        return now

    async def replied(self, conversation: UUID, at: datetime | None = None) -> str:
        reply_id = str(uuid4())
        replied_at = rfc3339(at or datetime.now(UTC))  # noqa: TID251
        author = {"kind": "person", "agent_id": "ana"}
        await self.say(
            conversation, "work.replied", reply_id=reply_id, author=author, text="Hello", replied_at=replied_at
        )
        return reply_id

    async def _send(self, topic: topics.Topic, key: str, kind: str, body: dict[str, object]) -> None:
        headers = list(Envelope(str(uuid4()), "bellhop/router", kind).headers())
        await self.producer.send_and_wait(
            topic.full(self.prefix), orjson.dumps(body), key=key.encode(), headers=headers
        )


@dataclass(slots=True)
class Stage:
    bootstrap: str
    dsn: str
    prefix: str
    router: Router

    @asynccontextmanager
    async def sla(self) -> AsyncIterator[SlaRuntime]:
        given = {
            "service": "sla",
            "kafka_bootstrap": self.bootstrap,
            "postgres_dsn": self.dsn,
            "topic_prefix": self.prefix,
            "session_timeout": 10,
        }
        settings = KernelSettings.model_validate(given)
        runtime = Runtime(service(settings), settings, Ends(politely=lambda: None, at_once=lambda: None))
        await runtime.start()
        try:
            yield runtime
        finally:
            await runtime.stop()

    async def said(self, conversation: UUID) -> list[dict[str, object]]:
        found = await read_topic(self.bootstrap, topics.SLA.full(self.prefix))
        mine = [record for record in found if record.key == str(conversation).encode()]
        bodies: dict[int, dict[str, object]] = {}
        for record in mine:
            body = orjson.loads(record.value or b"")
            kind = dict(record.headers)["ce_type"].decode()
            bodies.setdefault(body["sequence"], {**body, "kind": kind.split(".")[-2].removeprefix("clock-")})
        assert list(bodies) == list(range(1, len(bodies) + 1))
        return list(bodies.values())

    async def kinds(self, conversation: UUID) -> list[object]:
        return [body["kind"] for body in await self.said(conversation)]

    async def until_said(self, conversation: UUID, *kinds: str) -> list[dict[str, object]]:
        """Looks seldom, since looking takes the broker's time from what is looked at."""
        for _ in range(40):
            if await self.kinds(conversation) == list(kinds):
                break
            await asyncio.sleep(0.3)
        bodies = await self.said(conversation)
        assert [body["kind"] for body in bodies] == list(kinds)
        return bodies


@pytest_asyncio.fixture
async def stage(stack: StackAddresses, postgres_dsn: str, topic_prefix: str) -> AsyncIterator[Stage]:
    wanted = topic_admin.wanted((topics.WORK, topics.CONTACT, topics.DESK, topics.SLA), topic_prefix, ("sla",))
    await topic_admin.apply(stack.kafka_bootstrap, wanted)
    await migrate(postgres_dsn, "bellhop_sla")
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap, acks="all", linger_ms=0)
    await producer.start()
    router = Router(producer, topic_prefix)
    await router.apply(DESK)
    yield Stage(stack.kafka_bootstrap, postgres_dsn, topic_prefix, router)
    await producer.stop()


async def test_a_warning_then_one_breach_each_within_a_tenth_of_a_second(stage: Stage) -> None:
    async with stage.sla(), stage.sla():
        await asyncio.sleep(2)
        conversations = [uuid4() for _ in range(10)]
        for one in conversations:
            await stage.router.queued(one)
            await asyncio.sleep(0.5)  # so that one hiccup of the machine can't make most of them late
        said = [await stage.until_said(one, "started", "warned", "breached") for one in conversations]
    lateness = sorted(int(str(body["late_ms"])) for bodies in said for body in bodies if body["kind"] != "started")
    assert lateness[0] >= 0
    assert lateness[len(lateness) // 2] <= 100
    assert said[0][-1]["actions"] == [{"do": "move-up", "tier": 2, "recipients": []}]


async def test_a_reply_in_time_meets_the_clock_and_nothing_fires(stage: Stage) -> None:
    async with stage.sla():
        conversation = uuid4()
        await stage.router.queued(conversation, "slow")
        await stage.router.say(conversation, "work.noted", text="an event that no clock depends on")
        await stage.router.replied(conversation)
        await stage.until_said(conversation, "started", "met")
        await asyncio.sleep(7)
        assert await stage.kinds(conversation) == ["started", "met"]


async def test_what_fell_due_while_the_service_was_down_is_said_once_and_only_after_its_inputs_were_read(
    stage: Stage,
) -> None:
    answered, forgotten = uuid4(), uuid4()
    async with stage.sla():
        queued_at = await stage.router.queued(answered, "slow")
        await stage.router.queued(forgotten, "slow")
        await stage.until_said(answered, "started")
        await stage.until_said(forgotten, "started")
    await stage.router.replied(answered, at=queued_at + ms(3000))
    await asyncio.sleep(6)
    async with stage.sla(), stage.sla():
        await stage.until_said(answered, "started", "met")
        bodies = await stage.until_said(forgotten, "started", "breached")
    assert str(bodies[-1]["ready_at"]) > str(bodies[-1]["due_at"])


async def test_late_evidence_corrects_the_breach_by_the_id_of_its_event(stage: Stage) -> None:
    async with stage.sla():
        conversation = uuid4()
        queued_at = await stage.router.queued(conversation)
        bodies = await stage.until_said(conversation, "started", "warned", "breached")
        await stage.router.replied(conversation, at=queued_at + ms(1000))
        bodies = await stage.until_said(conversation, "started", "warned", "breached", "corrected", "met")
    topic = topics.SLA.full(stage.prefix)
    assert bodies[3]["corrects"] == str(event_id(topic, 1, str(conversation), 3))


async def test_clocks_and_calendars_are_answered_over_http(stage: Stage) -> None:
    async with stage.sla() as runtime:
        conversation = uuid4()
        await stage.router.queued(conversation, "slow")
        await stage.until_said(conversation, "started")
        app = FastAPI()
        app.include_router(sla_routes(runtime.database, SlaDocuments(), None))
        transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://sla") as client:
            clocks = (await client.get(f"/v1/conversations/{conversation}/clocks")).json()["clocks"]
            query = {"start": "2026-12-23T15:30:00Z", "duration": "60m"}
            added = (await client.get("/v1/calendars/office/add", params=query)).json()
            shown = (await client.get("/v1/calendars/office", params={"year": 2026})).json()
    assert [(one["metric"], one["state"], one["policy"]) for one in clocks] == [(FIRST, "running", "slow")]
    assert added == {"at": "2026-12-24T08:30:00.000000Z"}
    assert shown["holidays"][0] == {"date": "2026-01-01", "name": "New Year's Day"}
