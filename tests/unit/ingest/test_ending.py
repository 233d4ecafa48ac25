"""Does the process end when nobody takes in arrivals any more?"""

import asyncio

from bellhop_common.kernel.ends import Ends
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.settings import KernelSettings
from bellhop_ingest.adapters.wire import Wire
from bellhop_ingest.main import House, service
from bellhop_ingest.settings import IngestSettings


async def test_a_group_commit_that_ends_unasked_ends_the_process() -> None:
    ended: list[str] = []
    ends = Ends(politely=lambda: ended.append("politely"), at_once=lambda: ended.append("at once"))
    runtime = Runtime(service(IngestSettings()), KernelSettings(service="ingest"), ends)
    house = House(IngestSettings(), Wire(""))
    house.routes(runtime)
    async with house.commits:
        next(task for task in asyncio.all_tasks() if task.get_name() == "group-commit").cancel()
        await asyncio.sleep(0.01)
    assert (ended, runtime.exit_status, runtime.health.failed) == (["politely"], 1, "EndedUnasked")
