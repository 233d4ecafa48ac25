"""What do the scripted agents do? Accept, decline or let an offer lapse; then reply, escalate or resolve."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import Final, Protocol
from uuid import uuid5

from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import NAMESPACE
from bellhop_local.demo.happenings import Happening

DECLINES: Final = 0.10
LAPSES: Final = 0.10
ESCALATES: Final = 0.05
REPLIES: Final = {
    "en": "Thank you for writing. I looked into it, and it is settled now. Please tell us if anything is left.",
    "bg": "Благодарим Ви, че ни писахте. Проверих и въпросът е решен. Пишете ни, ако остане нещо.",
}
TOP_TIER: Final = 3


class Answer(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"


class Desktop(Protocol):
    """How an agent's program speaks to the router: over HTTP or over Kafka. Rejections are the router's business."""

    async def command(self, name: str, body: dict[str, object]) -> None: ...


@dataclass
class ScriptedAgent:
    """The same for its seed, but for what others do."""

    agent_id: str
    desktop: Desktop
    random: Random
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    commands: int = 0
    presence: str = "available"
    failures: list[str] = field(default_factory=list)

    def hear(self, one: Happening) -> None:
        if one.type == "agent.state" and one.key == self.agent_id:
            self.presence = one.text("presence")
        if one.text("agent_id") != self.agent_id:
            return
        if one.type == "work.offered":
            self._begin(self._answer(one))
        elif one.type == "work.assigned":
            self._begin(self._work_on(one))

    async def rest(self) -> None:
        """Whatever is in hand is brought to its end."""
        while self.tasks:
            await asyncio.wait(self.tasks)

    def _begin(self, action: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(action)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        """What an agent couldn't do ends neither the day nor what else they do; it is told when the day is over."""
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failures.append(f"agent {self.agent_id} gave up: {type(error).__name__}: {error}")

    async def _answer(self, offer: Happening) -> None:
        answer = self._choose()
        if answer is Answer.LAPSE:
            return
        await asyncio.sleep(self.random.uniform(0.2, 1.2))
        body: dict[str, object] = {"offer_id": offer.body["offer_id"]}
        if answer is Answer.DECLINE:
            body["reason"] = "in the middle of something"
        await self._say(answer.value, offer, body)

    def _choose(self) -> Answer:
        drawn = self.random.random()
        if drawn < DECLINES:
            return Answer.DECLINE
        return Answer.LAPSE if drawn < DECLINES + LAPSES else Answer.ACCEPT

    async def _work_on(self, assigned: Happening) -> None:
        await asyncio.sleep(self.random.uniform(0.4, 1.5))
        if int(assigned.body["tier"]) < TOP_TIER and self.random.random() < ESCALATES:
            await self._say("escalate", assigned, {"reason": "out_of_depth"})
            return
        if assigned.text("channel") != "phone":
            reply_id = str(uuid5(NAMESPACE, f"demo-reply/{assigned.text('assignment_id')}"))
            text = self.random.choice(list(REPLIES.values()))
            await self._say("reply", assigned, {"reply_id": reply_id, "text": text})
            await asyncio.sleep(self.random.uniform(0.3, 1.0))
        await self._say("resolve", assigned, {"resolution": {"code": "solved"}})

    async def _say(self, name: str, about: Happening, body: dict[str, object]) -> None:
        self.commands += 1
        command_id = uuid5(NAMESPACE, f"demo/{self.agent_id}/{name}/{about.id}")
        common = {
            "command_id": str(command_id),
            "issued_at": rfc3339(datetime.fromtimestamp(about.appended_ms / 1000, UTC)),
            "actor": {"kind": "agent", "id": self.agent_id},
            "conversation_id": about.body["conversation_id"],
            "work_item_id": about.body["work_item_id"],
        }
        await self.desktop.command(name, {**common, **body})
