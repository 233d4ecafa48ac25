"""Which doors are there, and where? The four services of the demo's scene, with every kind of door open."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2
from aiokafka import AIOKafkaProducer

from bellhop_common.errors import Wrong
from bellhop_common.events import topics
from bellhop_common.events.topics import SERVICES, Topic
from bellhop_local.demo import contacts
from bellhop_local.demo.setting import PREFIX, Scene, scene
from bellhop_local.fuzz import desk, good_contacts, good_records, good_work
from bellhop_local.fuzz.chat_door import ChatDoor
from bellhop_local.fuzz.doors import Door
from bellhop_local.fuzz.ears import Ears, listening
from bellhop_local.fuzz.http_door import HttpDoor
from bellhop_local.fuzz.mail_door import MailDoor
from bellhop_local.fuzz.memory import resident_mib
from bellhop_local.fuzz.raw_door import RawDoor
from bellhop_local.fuzz.topic_door import TopicDoor

MOST_A_RECORD: Final = 2 * 2**20
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class World:
    """`doors` by name; `memory` of each process of the services, in MiB."""

    doors: Mapping[str, Door]
    memory: Callable[[], Mapping[int, float]]


@asynccontextmanager
async def world(folder: Path, say: Say) -> AsyncIterator[World]:
    """A stack that runs already is used as it is."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(scene(folder, say, _now))
        ears = await stack.enter_async_context(listening(place.kafka_bootstrap, PREFIX))
        producer = AIOKafkaProducer(
            bootstrap_servers=place.kafka_bootstrap, acks="all", linger_ms=0, max_request_size=MOST_A_RECORD
        )
        await producer.start()
        stack.push_async_callback(producer.stop)
        clients = {
            name: await stack.enter_async_context(httpx2.AsyncClient(base_url=place.url(name), timeout=30))
            for name in SERVICES
        }
        await _open_all(clients["router"])
        item, conversation = await _some_work(clients["ingest"], ears)
        found = [
            *_of_ingest(place, clients["ingest"]),
            *_of_others(clients, item),
            *_raw(place),
            *_topics(producer, ears, conversation),
        ]
        yield World({one.name: one for one in found}, lambda: resident_mib(_processes(place)))


def _of_ingest(place: Scene, client: httpx2.AsyncClient) -> list[Door]:
    address = place.url("ingest")
    requests = {
        "forms": good_contacts.forms(),
        "submissions": good_contacts.submissions(),
        "customers": good_contacts.customers(),
        "webhooks": good_contacts.webhooks(),
        "calls and texts": good_contacts.calls(address),
    }
    return [
        MailDoor(place.services.ports["lmtp"], contacts.MAILBOX, contacts.samples()),
        ChatDoor(address.replace("http", "ws", 1), contacts.CHAT),
        *(HttpDoor(name, client, known, good_contacts.fresh) for name, known in requests.items()),
    ]


def _of_others(clients: Mapping[str, httpx2.AsyncClient], item: str) -> list[Door]:
    router = clients["router"]
    return [
        HttpDoor("work items", router, good_work.commands(item), good_work.keyed),
        HttpDoor("agents", router, good_work.agents(), good_work.keyed),
        HttpDoor("desk files", router, good_work.desk_files(), good_work.keyed),
        HttpDoor("clocks", clients["sla"], good_work.clocks()),
        HttpDoor("notices", clients["notifier"], good_work.notices()),
    ]


def _raw(place: Scene) -> list[Door]:
    return [RawDoor(f"{name} port", place.services.ports[name]) for name in SERVICES]


def _topics(producer: AIOKafkaProducer, ears: Ears, conversation: str) -> list[Door]:
    def door(topic: Topic, records: good_records.Records, good: good_records.Good) -> Door:
        return TopicDoor(topic.name, topic.full(PREFIX), producer, ears, records, good)

    return [
        door(topics.CONTACT_INBOUND, lambda: [good_records.submission()[0]], good_records.submission),
        door(topics.CUSTOMER_COMMAND, good_records.customer_commands, good_records.profile),
        door(topics.AGENT_COMMAND, good_records.agent_commands, good_records.presence),
        door(
            topics.WORK_COMMAND,
            lambda: good_records.work_commands(conversation),
            lambda: good_records.pend(conversation),
        ),
    ]


async def _open_all(router: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "application/yaml", "Idempotency-Key": "fuzz-desk"}
    answer = await router.put(f"/v1/desks/{desk.NAME}", content=desk.file_of(desk.NAME).encode(), headers=headers)
    if answer.is_error:
        raise Wrong(f"the desk file was not taken: {answer.status_code} {answer.text[:500]}")


async def _some_work(ingest: httpx2.AsyncClient, ears: Ears) -> tuple[str, str]:
    """A work item that nobody takes, since nobody is present, and its conversation."""
    request = good_contacts.forms()[0]
    answer = await ingest.post(request.target, json=request.body)
    conversation = str(answer.raise_for_status().json()["conversation_id"])
    queued = await ears.first(lambda one: one.type == "work.queued" and one.body["conversation_id"] == conversation)
    return str(queued.body["work_item_id"]), conversation


def _processes(place: Scene) -> list[int]:
    return [one.process.pid for one in place.services.replicas if one.process is not None]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - as any program outside reads its clock
