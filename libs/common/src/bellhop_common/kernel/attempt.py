"""Did it work, is something away, or did a handler fail? The one place where any exception is caught."""

from collections.abc import Awaitable
from typing import TypeVar

from bellhop_common.kernel.breaker import BreakerOpen
from bellhop_common.postgres.errors import HandlerError, Outage, classify

ResultT = TypeVar("ResultT")


async def attempt(action: Awaitable[ResultT]) -> ResultT | Outage | HandlerError:
    """What it gives, or its failure as a value. An open breaker ends the process, so it goes through."""
    try:
        return await action
    except BreakerOpen:
        raise
    except Exception as error:  # noqa: BLE001 - handlers may raise anything, and the consume loop must live on
        return classify(error)
