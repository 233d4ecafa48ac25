"""What does the toy's outside world answer?"""

import asyncio
from datetime import timedelta

from bellhop_common.decision import Call, CallOutcome
from bellhop_common.kernel.service import CallResult

SLOW = timedelta(seconds=30)


async def perform(call: Call) -> CallResult:
    match call.body.get("text"):
        case "slow":
            await asyncio.sleep(SLOW.total_seconds())
        case "refuse":
            return CallResult(CallOutcome.FAILED, "refused")
        case _:
            pass
    return CallResult()
