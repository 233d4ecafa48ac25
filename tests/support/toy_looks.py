"""What can a test see of a toy from outside? Its topics and its tables, to be waited for."""

from support.toy.contracts import TOY_INPUT
from support.toy_feed import Place, dead_letters, published
from support.toy_stage import Stage
from support.waiting import until


async def letters_of(stage: Stage, count: int, topic: str = TOY_INPUT.name) -> dict[Place, str]:
    """Once there are so many: where each was read first, and why it was set aside."""

    async def enough() -> bool:
        return len(await dead_letters(stage.bootstrap, stage.prefix, topic)) >= count

    await until(enough)
    found = await dead_letters(stage.bootstrap, stage.prefix, topic)
    return {place: dict(record.headers)["dl_error_class"].decode() for place, record in found.items()}


async def empty(stage: Stage, *tables: str) -> bool:
    return not any([await stage.count(table) for table in tables])


async def counted(stage: Stage, key: str, numbers: list[int]) -> bool:
    return (await published(stage.bootstrap, stage.prefix)).numbers(key) == numbers


async def has(stage: Stage, table: str, count: int) -> bool:
    return await stage.count(table) == count
