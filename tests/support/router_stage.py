"""On what do the router's tests play? Topics, tables, running routers, and somebody who speaks as ingest would."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import orjson
import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI

from bellhop_common.events import topics
from bellhop_common.events.envelope import Envelope
from bellhop_common.events.wire import rfc3339
from bellhop_common.http.problems import install_problems
from bellhop_common.ids import event_id
from bellhop_common.kernel.ends import Ends
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.settings import KernelSettings
from bellhop_router import main
from bellhop_router.main import RouterRuntime, service
from support.topics import firsts, read_topic
from support.waiting import until

EXAMPLE = Path(__file__).parents[2] / "services" / "router" / "examples" / "support.yaml"
MIGRATIONS = Path(main.__file__).with_name("migrations")
Body = dict[str, object]


@dataclass
class Process:
    """One running router and its HTTP door."""

    runtime: RouterRuntime
    http: httpx2.AsyncClient
    app: FastAPI

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """On a port of this machine, for commands that run outside."""
        with socket.create_server(("127.0.0.1", 0)) as door:
            server = uvicorn.Server(uvicorn.Config(self.app, log_level="critical", lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[door]))
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
            server.should_exit = True
            await serving

    async def apply(self, text: str, version: int = 0, desk: str = "support") -> httpx2.Response:
        headers = {"Idempotency-Key": str(uuid4()), **({"If-Match": f'"{version}"'} if version else {})}
        return await self.http.put(f"/v1/desks/{desk}", content=text.encode(), headers=headers)

    async def come(self, agent: str, presence: str = "available") -> None:
        answer = await self.post(f"/v1/agents/{agent}/presence", {"presence": presence})
        assert answer.status_code == 200, answer.text

    async def post(self, path: str, body: Body | None = None, key: str | None = None) -> httpx2.Response:
        return await self.http.post(path, json=body or {}, headers={"Idempotency-Key": key or str(uuid4())})

    async def act(self, item: str, verb: str, agent: str, **body: object) -> httpx2.Response:
        return await self.post(f"/v1/work-items/{item}/{verb}", {**body, "actor": {"kind": "agent", "id": agent}})


@dataclass
class Stage:
    bootstrap: str
    dsn: str
    prefix: str
    producer: AIOKafkaProducer
    sequences: dict[UUID, "count[int]"] = field(default_factory=dict)

    @asynccontextmanager
    async def router(self) -> AsyncIterator[Process]:
        given = {"service": "router", "kafka_bootstrap": self.bootstrap, "postgres_dsn": self.dsn}
        settings = KernelSettings.model_validate({**given, "topic_prefix": self.prefix, "session_timeout": 10})
        described = service(settings)
        runtime = Runtime(described, settings, Ends(politely=lambda: None, at_once=lambda: None))
        await runtime.start()
        app = FastAPI()
        install_problems(app)
        assert described.routes is not None
        app.include_router(described.routes(runtime))
        transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 1))
        try:
            async with httpx2.AsyncClient(transport=transport, base_url="http://router") as client:
                yield Process(runtime, client, app)
        finally:
            await runtime.stop()

    async def receive(self, conversation: UUID, channel: str = "email", **more: object) -> None:
        now = rfc3339(datetime.now(UTC))  # noqa: TID251
        sequence = next(self.sequences.setdefault(conversation, count(1)))
        doors = {"email": "support-mail", "chat": "web-chat", "phone": "hotline"}
        body = {
            "contact_id": str(uuid4()),
            "conversation_id": str(conversation),
            "reference": "R-1",
            "is_new_conversation": sequence == 1,
            "channel": channel,
            "entry_point": doors[channel],
            "provider": "test",
            "provider_message_id": str(uuid4()),
            "occurred_at": now,
            "received_at": now,
            "customer": {"id": str(uuid4())},
            "text": "hello",
            "reply_text": "hello",
            "reply_route": {"entry_point": doors[channel], "channel": channel},
            **more,
        }
        stamp = {"at": now, "desk": "support", "desk_version": 1, "epoch": 1, "sequence": sequence}
        topic = topics.CONTACT.full(self.prefix)
        name = str(event_id(topic, 1, str(conversation), sequence))
        envelope = Envelope(name, "bellhop/ingest", "contact.received", str(conversation))
        await self._send(topic, str(conversation), envelope, {**body, **stamp})

    async def command(self, conversation: UUID, kind: str, agent: str, **body: object) -> str:
        """As an agent's program, by Kafka."""
        now, command = rfc3339(datetime.now(UTC)), str(uuid4())  # noqa: TID251
        common = {"command_id": command, "issued_at": now, "actor": {"kind": "agent", "id": agent}}
        given = {**common, "conversation_id": str(conversation), **body}
        envelope = Envelope(command, "bellhop/desktop", f"work.{kind}", str(conversation))
        await self._send(topics.WORK_COMMAND.full(self.prefix), str(conversation), envelope, given)
        return command

    async def heartbeat(self, agent: str) -> None:
        await self.agent_command("heartbeat", agent)

    async def agent_command(self, kind: str, agent: str, **body: object) -> str:
        now, command = rfc3339(datetime.now(UTC)), str(uuid4())  # noqa: TID251
        given = {"command_id": command, "issued_at": now, "actor": {"kind": "agent", "id": agent}, **body}
        envelope = Envelope(command, "bellhop/desktop", f"agent.{kind}", agent)
        topic = topics.AGENT_COMMAND.full(self.prefix)
        await self._send(topic, agent, envelope, {"desk": "support", **given, "agent_id": agent})
        return command

    async def read(self, topic: topics.Topic, key: str | None = None) -> list[Body]:
        found = firsts(await read_topic(self.bootstrap, topic.full(self.prefix)))
        mine = [record for record in found if key is None or record.key == key.encode()]
        kinds = [dict(record.headers)["ce_type"].decode().split(".", 1)[1].removesuffix(".v1") for record in mine]
        return [{**orjson.loads(record.value or b"{}"), "type": kind} for record, kind in zip(mine, kinds, strict=True)]

    async def said(self, conversation: UUID) -> list[Body]:
        return await self.read(topics.WORK, str(conversation))

    async def until_said(self, conversation: UUID, *kinds: str) -> list[Body]:
        async def there() -> bool:
            return [body["type"] for body in await self.said(conversation)] == [f"work.{kind}" for kind in kinds]

        try:
            await until(there, within=20)
        except TimeoutError:
            assert [body["type"] for body in await self.said(conversation)] == [f"work.{kind}" for kind in kinds]
        return await self.said(conversation)

    async def _send(self, topic: str, key: str, envelope: Envelope, body: Body) -> None:
        headers = list(envelope.headers())
        await self.producer.send_and_wait(topic, orjson.dumps(body), key=key.encode(), headers=headers)
