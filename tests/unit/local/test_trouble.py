"""Does a fault wait for all that it concerns, and for nobody who has troubles of their own?"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bellhop_common.errors import NotReachable
from bellhop_local.demo.processes import READY_SECONDS, Replica, Services
from bellhop_local.demo.setting import Scene
from bellhop_local.faults import trouble
from bellhop_local.faults.harms import Harm
from bellhop_local.faults.schedule import Fault
from bellhop_local.faults.trouble import Trouble
from bellhop_local.sink.mail import MailSink
from bellhop_local.sink.whatsapp import WhatsAppSink
from bellhop_local.stack import LocalStack

FROZEN = Fault(0.0, Harm.FREEZE, 0.8, "router", 0)
KILLED = Fault(0.1, Harm.KAFKA, 0.0)


class Stack(LocalStack):
    """Its broker is killed and started in words only; the start takes `seconds`."""

    seconds = 0.0

    async def kill_kafka(self) -> None: ...

    async def start_kafka(self) -> None:
        await asyncio.sleep(self.seconds)


class Replicas(Services):
    """All are ready but for one, until `until` on the loop's clock."""

    until = 0.0
    away = "router/0"

    async def ready(self, one: Replica, within: float = READY_SECONDS) -> None:
        del within
        if one.title == self.away and asyncio.get_running_loop().time() < self.until:
            raise NotReachable(one.title, one.url, "frozen")

    async def run(self, one: Replica, program: Sequence[str] = ()) -> None: ...


async def suffered(
    replicas: Replicas, tmp_path: Path, *, woken_soon: bool = False, kafka_takes: float = 0.0
) -> dict[Harm, bool]:
    """Of each fault, whether everything it concerns was ready again in time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    replicas.until = began + FROZEN.lasts
    nothing = cast(MailSink, None), cast(WhatsAppSink, None)
    stack = Stack(tmp_path)
    stack.seconds = kafka_takes
    of = Trouble((replace(FROZEN, lasts=0.0) if woken_soon else FROZEN, KILLED), lambda _: None)
    await of.run(Scene(tmp_path, stack, replicas, *nothing), lambda: loop.time() - began)
    return {one.fault.harm: one.recovered_after is not None for one in of.suffered}


async def test_who_is_in_trouble_of_its_own_is_waited_for_by_that_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "RECOVERY", 0.3)
    assert await suffered(Replicas(tmp_path, {}, 2), tmp_path) == {Harm.FREEZE: True, Harm.KAFKA: True}


async def test_who_has_no_trouble_of_its_own_is_waited_for_and_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "RECOVERY", 0.3)
    replicas = Replicas(tmp_path, {}, 2)
    replicas.away = "sla/1"
    assert await suffered(replicas, tmp_path) == {Harm.FREEZE: True, Harm.KAFKA: False}


async def test_nobody_is_missed_while_a_server_is_still_coming_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker that takes long to come back keeps everybody from being ready, whatever else was done to them."""
    monkeypatch.setattr(trouble, "RECOVERY", 0.3)
    day = Replicas(tmp_path, {}, 2), tmp_path
    assert await suffered(*day, woken_soon=True, kafka_takes=0.9) == {Harm.FREEZE: True, Harm.KAFKA: True}
    assert await suffered(*day, woken_soon=True) == {Harm.FREEZE: False, Harm.KAFKA: True}


async def test_a_server_that_took_long_to_come_back_is_let_be_as_long(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    stack.seconds = 0.4
    began = asyncio.get_running_loop().time()
    of = Trouble((KILLED, KILLED), lambda _: None)
    scene = Scene(tmp_path, stack, Replicas(tmp_path, {}, 2), cast(MailSink, None), cast(WhatsAppSink, None))
    await of.run(scene, lambda: asyncio.get_running_loop().time() - began)
    first, second = (one.at for one in of.suffered)
    assert second - first >= 0.8
