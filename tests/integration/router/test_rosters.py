"""Does an agent belong to one desk, whoever else asks for it, and is that one told?"""

import asyncio
from uuid import uuid4

import orjson

from bellhop_common.events import topics
from bellhop_common.postgres.database import Database, PostgresSettings
from bellhop_common.postgres.migrations import migrate
from bellhop_router.adapters.store import RouterStore
from bellhop_router.domain.agents import Profile
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.inputs import AgentCommand, Upsert
from bellhop_router.domain.names import Actor, AgentId
from support.router_stage import MIGRATIONS, Body, Process, Stage
from support.waiting import until

IVO = AgentId("ivo")
HIRED = "INSERT INTO aggregates (kind, id, desk, rank, version, body) VALUES ('agent', 'ivo', 'day', 0, 1, '{}')"


def desk_file(desk: str, *, with_ivo: bool) -> str:
    file: Body = {
        "desk": desk,
        "name": desk,
        "entry_points": [{"name": f"{desk}-events", "channel": "event"}],
        "queues": [{"name": "front"}],
        "default": [{"queue": "front"}],
        "publishers": [{"source": "bellhop/desktop", "acts_for_agents": True}],
    }
    if with_ivo:
        file["agents"] = [{"id": IVO, "display_name": "Ivo", "channels": ["event"]}]
    return orjson.dumps(file).decode()


async def test_an_upsert_of_another_desks_agent_is_rejected_and_holds_nobody(stage: Stage) -> None:
    async with stage.router() as router:
        for desk in ("day", "night"):
            assert (await router.apply(desk_file(desk, with_ivo=desk == "day"), desk=desk)).status_code == 200
        profile = {"display_name": "Ivo", "channels": ["event"]}
        command = await stage.agent_command("upsert", IVO, desk="night", profile=profile)

        async def told() -> list[Body]:
            return [body for body in await stage.read(topics.WORK_REJECTED, IVO) if body["command_id"] == command]

        await until(told, within=20)
        (rejected,) = await told()
        assert (rejected["code"], rejected["detail"]) == (
            "other-desk",
            "agent ivo belongs to desk day; remove it there first",
        )
        await router.come(IVO)


async def test_of_two_desk_files_at_once_with_the_same_agent_one_is_refused(stage: Stage) -> None:
    async with stage.router() as one, stage.router() as other:
        asked = [_apply(door, f"desk-{number}") for number, door in enumerate((one, other) * 4)]
        codes = sorted(await asyncio.gather(*asked))
    assert codes == [200, *[409] * 7]


async def test_who_takes_an_agent_in_waits_for_another_desk_that_does(postgres_dsn: str) -> None:
    await migrate(postgres_dsn, "bellhop_router", MIGRATIONS)
    database = Database(PostgresSettings(postgres_dsn, "bellhop_router"))
    await database.open()
    opened = asyncio.Event()

    async def second() -> Desk:
        await opened.wait()
        async with database.transaction() as connection:
            return await RouterStore().open(connection, "night", [upsert("night")])

    waiting = asyncio.create_task(second())
    async with database.transaction() as connection:
        await RouterStore().open(connection, "day", [upsert("day")])
        opened.set()
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await connection.execute(HIRED)
    assert dict((await waiting).elsewhere) == {IVO: "day"}
    await database.close()


def upsert(desk: str) -> AgentCommand:
    profile = Profile(id=IVO, display_name="Ivo", tier=1, skills={}, languages={}, channels=())
    return AgentCommand(desk, str(uuid4()), IVO, Actor("operator", "olga"), Upsert(profile))


async def _apply(router: Process, desk: str) -> int:
    return (await router.apply(desk_file(desk, with_ivo=True), desk=desk)).status_code
