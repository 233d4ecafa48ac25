"""What does the toy's outside world answer, and what may be made to go wrong in its process?"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import reduce
from typing import Any

from bellhop_common.decision import Call, CallOutcome
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import CallResult

SLOW = 30.0
DYING_AFTER = 0.5


async def perform(call: Call) -> CallResult:
    """`BELLHOP_TOY_SLOW_CALLS` makes this process never get its answer."""
    if os.environ.get("BELLHOP_TOY_SLOW_CALLS"):
        await asyncio.sleep(SLOW)
    if call.body.get("text") == "refuse":
        return CallResult(CallOutcome.FAILED, "refused")
    return CallResult()


@asynccontextmanager
async def dying(runtime: Runtime[Any, Any, Any]) -> AsyncIterator[None]:
    """`BELLHOP_TOY_LOSES` names the client's task that ends without a word."""
    named = os.environ.get("BELLHOP_TOY_LOSES")
    task = asyncio.create_task(_end(runtime, named)) if named else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()


async def _end(runtime: Runtime[Any, Any, Any], named: str) -> None:
    await asyncio.sleep(DYING_AFTER)
    task = reduce(getattr, named.split("."), runtime.client)
    if isinstance(task, asyncio.Task):
        task.cancel()
