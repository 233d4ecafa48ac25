"""How does an agent's program reach the router? Half of them over HTTP, half over the command topics."""

import asyncio
from typing import Final

import httpx2
import orjson

from bellhop_common.events.envelope import BINARY, full_type
from bellhop_local.demo.doors import BUSY, PAUSE, TRIES, Doors, DoorShut

SOURCE: Final = "agents.example"
# What a command finds changed, or gone, is an answer and no failure.
ANSWERS: Final = frozenset({403, 404, 409, 422})


class HttpDesktop:
    def __init__(self, router: str) -> None:
        self._http = httpx2.AsyncClient(base_url=router, timeout=10)

    async def command(self, name: str, body: dict[str, object]) -> None:
        path = f"/v1/work-items/{body['work_item_id']}/{name}"
        await self.post(path, body, str(body["command_id"]))

    async def post(self, path: str, body: dict[str, object], key: str) -> None:
        for _ in range(TRIES):
            try:
                answer = await self._http.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx2.TransportError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code not in BUSY:
                break
            await asyncio.sleep(PAUSE)
        else:
            raise DoorShut(f"{path} was busy for too long")
        if answer.is_error and answer.status_code not in ANSWERS:
            raise DoorShut(f"{path} answered {answer.status_code}: {answer.text[:200]}")

    async def close(self) -> None:
        await self._http.aclose()


class KafkaDesktop:
    def __init__(self, doors: Doors, desk: str) -> None:
        self._doors = doors
        self._desk = desk

    async def command(self, name: str, body: dict[str, object]) -> None:
        await self._publish("work.command.v1", f"work.{name}", str(body["conversation_id"]), body)

    async def agent_command(self, name: str, agent_id: str, body: dict[str, object]) -> None:
        whole = {**body, "desk": self._desk, "agent_id": agent_id}
        await self._publish("agent.command.v1", f"agent.{name}", agent_id, whole)

    async def _publish(self, topic: str, kind: str, key: str, body: dict[str, object]) -> None:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(body["command_id"]),
            "ce_source": SOURCE,
            "ce_type": full_type(kind),
            "ce_subject": key,
            "content-type": BINARY,
        }
        encoded = [(name, value.encode()) for name, value in headers.items()]
        await self._doors.publish(topic, key.encode(), orjson.dumps(body), encoded)
