"""Where do tests knock at ingest? A desk with every kind of door, and what other systems would publish to it."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import orjson
from aiokafka import AIOKafkaProducer

from bellhop_common.events import topics
from bellhop_common.events.desks import DeskApplied, DeskEntryPoint, DeskLife, Publisher
from bellhop_common.events.envelope import Envelope
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Channel, Message
from bellhop_common.messaging import topic_admin
from bellhop_common.postgres.migrations import migrate
from bellhop_local.stack.ports import free_port
from support.listening import Listener, Wanted, listening
from support.service_process import ServiceProcess

READS = (topics.CONTACT_INBOUND, topics.CUSTOMER_COMMAND, topics.DESK, topics.WORK, topics.CHAT_OUTBOUND)
WRITES = (topics.CONTACT, topics.CONTACT_RESULT, topics.CUSTOMER_STATE, topics.DELIVERY)
PUBLIC_URL = "https://desk.example.com"
TOKEN_KEY = "a key of thirty-two letters and more"  # noqa: S105 - made up
META_SECRETS = ("the-new-app-secret", "the-old-app-secret")
TWILIO_SECRET = "the-auth-token"  # noqa: S105 - made up
TOKENS = {
    "shop-token": {"name": "shop", "roles": ["publisher"]},
    "agent-token": {"name": "ana", "roles": ["agent"]},
    "admin-token": {"name": "root", "roles": ["admin"]},
}
DESK = DeskApplied(
    version=1,
    name="Acme",
    entry_points=(
        DeskEntryPoint(name="help", channel=Channel.EMAIL, address="help@example.com", reply_domain="r.example.com"),
        DeskEntryPoint(name="sales", channel=Channel.EMAIL, address="sales@example.com"),
        DeskEntryPoint(name="site", channel=Channel.FORM),
        DeskEntryPoint(name="page", channel=Channel.CHAT),
        DeskEntryPoint(name="whats", channel=Channel.WHATSAPP, secret="meta"),  # noqa: S106 - its name
        DeskEntryPoint(name="line", channel=Channel.PHONE, secret="twilio"),  # noqa: S106 - its name
        DeskEntryPoint(name="texts", channel=Channel.SMS, secret="twilio"),  # noqa: S106 - its name
        DeskEntryPoint(name="counter", channel=Channel.WALK_IN),
        DeskEntryPoint(name="shop", channel=Channel.EVENT),
        DeskEntryPoint(name="bank", channel=Channel.EVENT),
    ),
    publishers=(Publisher(source="shop", entry_points=("shop",)),),
    keywords={"urgent": {"en": ("urgent", "on fire"), "de": ("dringend",)}, "legal": {"*": ("lawyer",)}},
    life=DeskLife(reopen_window=timedelta(days=7), thread_window=timedelta(days=3)),
)


@dataclass(slots=True)
class House:
    """`settings` start a replica; `feed` and `said` are its topics, seen from outside."""

    bootstrap: str
    dsn: str
    prefix: str
    folder: Path
    producer: AIOKafkaProducer
    said: Listener

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "POSTGRES_DSN": self.dsn,
            "TOPIC_PREFIX": self.prefix,
            "TOKENS_FILE": str(self.folder / "tokens.json"),
            "INGEST_LMTP_PORT": str(free_port()),
            "INGEST_SECRETS_DIR": str(self.folder / "secrets"),
            "INGEST_OBJECTS_DIR": str(self.folder / "objects"),
            "INGEST_TOKEN_KEYS": orjson.dumps([TOKEN_KEY]).decode(),
            "INGEST_PUBLIC_URL": PUBLIC_URL,
            "INGEST_TRUSTED_MAIL_SERVERS": '["mx.example.com"]',
            "INGEST_REGION": "DE",
            "INGEST_PARSERS": "1",
            "INGEST_MAX_MAIL_BYTES": "262144",
            **more,
        }

    async def publish(self, topic: Topic, key: str, body: Message, source: str = "tests") -> None:
        envelope = Envelope(str(uuid4()), source, body.type_name)
        await self.send(topic, key, body.model_dump_json(by_alias=True).encode(), dict(envelope.headers()))

    async def send(self, topic: Topic, key: str | None, value: bytes | None, headers: Mapping[str, bytes]) -> None:
        named = None if key is None else key.encode()
        await self.producer.send_and_wait(topic.full(self.prefix), value, key=named, headers=list(headers.items()))

    async def stamped(self, topic: Topic, key: UUID, body: Message, sequence: int, **stamp: object) -> None:
        """On a sequenced topic, as its owner would say it."""
        value = {**body.model_dump(mode="json", by_alias=True), "epoch": 1, "sequence": sequence, **stamp}
        envelope = Envelope(str(uuid4()), "bellhop/router", body.type_name)
        await self.send(topic, str(key), orjson.dumps(value), dict(envelope.headers()))

    async def document(self, kind: str, name: str) -> dict[str, Any]:
        """As last committed; empty if there is none."""
        connection = await asyncpg.connect(self.dsn, server_settings={"search_path": "bellhop_ingest"})
        try:
            body = await connection.fetchval("SELECT body FROM aggregates WHERE kind = $1 AND id = $2", kind, name)
        finally:
            await connection.close()
        found: dict[str, Any] = orjson.loads(body or "{}")
        return found


@dataclass(frozen=True, slots=True)
class Doors:
    """One replica's doors, and what it says on its topics."""

    house: House
    replica: ServiceProcess
    http: httpx2.AsyncClient

    @property
    def said(self) -> Listener:
        return self.house.said

    @property
    def lmtp(self) -> int:
        return self.replica.port("INGEST_LMTP_PORT")


def where(**fields: object) -> Wanted:
    """Which body is meant: the one with these values."""
    return lambda body: all(body.get(name) == value for name, value in fields.items())


@asynccontextmanager
async def furnished(bootstrap: str, dsn: str, folder: Path) -> AsyncIterator[House]:
    """Topics, tables, secrets and tokens; the desk isn't applied yet."""
    prefix = f"t{uuid.uuid4().hex[:10]}"
    await topic_admin.apply(bootstrap, topic_admin.wanted((*READS, *WRITES), prefix, ("ingest",)))
    await migrate(dsn, "bellhop_ingest")
    (folder / "secrets").mkdir()
    (folder / "secrets" / "meta").write_text("\n".join(META_SECRETS))
    (folder / "secrets" / "twilio").write_text(TWILIO_SECRET)
    (folder / "tokens.json").write_bytes(orjson.dumps(TOKENS))
    heard = [topic.name for topic in WRITES]
    letters = [f"{topic.name}.ingest.dead-letter" for topic in READS]
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    await producer.start()
    try:
        async with listening(bootstrap, prefix, [*heard, *letters]) as said:
            yield House(bootstrap, dsn, prefix, folder, producer, said)
    finally:
        await producer.stop()


async def apply_desk(house: House, desk: DeskApplied = DESK) -> None:
    await house.publish(topics.DESK, f"acme/{desk.version}", desk, "bellhop/router")
