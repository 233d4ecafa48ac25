"""How is the script played? Each step at its instant, through its door, and noted once it is acknowledged."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bellhop_local.demo import contacts
from bellhop_local.demo.doors import Doors
from bellhop_local.demo.ledger import Ledger
from bellhop_local.demo.script import CallEnd, Step, Way
from bellhop_local.demo.visitor import visit

TALK_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Stage:
    doors: Doors
    ledger: Ledger
    ingest: str
    clock: Callable[[], datetime]
    began_at: datetime


class Play:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._samples = contacts.samples()

    async def run(self, script: tuple[Step, ...], seconds: Callable[[], float]) -> None:
        async with asyncio.TaskGroup() as steps:
            for step in script:
                await asyncio.sleep(max(0.0, step.at - seconds()))
                steps.create_task(self._step(step))

    async def _step(self, step: Step) -> None:
        accepted = await self._act(step)
        if step.again and step.way not in {Way.CHAT, Way.CALL}:
            await self._act(step)
        if accepted is not None:
            self._stage.ledger.accepted.append(accepted)

    async def _act(self, step: Step) -> tuple[str, str] | None:
        doors, now = self._stage.doors, self._stage.clock()
        match step.way:
            case Way.MAIL:
                await doors.mail(contacts.mail(step, self._stage.began_at), step.person.email)
                return ("help-mail", contacts.message_id(step))
            case Way.SAMPLE:
                await doors.mail(self._samples[step.number % len(self._samples)], step.person.email)
                return None
            case Way.FORM:
                await doors.form(step)
                return (contacts.FORM, f"demo-form-{step.number}")
            case Way.WHATSAPP:
                await doors.whatsapp(step, now)
                return (contacts.WHATSAPP, f"wamid.demo{step.number}")
            case Way.SUBMISSION:
                await doors.submission(step, now)
                return (contacts.SHOP, f"order-{step.number}")
            case Way.EVENT:
                await doors.event(step, now)
                return (contacts.SHOP, f"order-{step.number}")
            case Way.CHAT:
                await visit(self._stage.ingest, step)
                return None
            case Way.CALL:
                return await self._call(step)

    async def _call(self, step: Step) -> tuple[str, str]:
        doors = self._stage.doors
        ringing = contacts.call(step, "ringing")
        await doors.call(ringing)
        await asyncio.sleep(step.patience)
        if step.call_end is CallEnd.HUNG_UP:
            await doors.call(contacts.call(step, "completed", QueueResult="hangup", QueueTime=str(int(step.patience))))
        else:
            await doors.call(contacts.call(step, "in-progress"))
            await asyncio.sleep(TALK_SECONDS)
            await doors.call(contacts.call(step, "completed", CallDuration="2"))
        return (contacts.PHONE, ringing["CallSid"])
