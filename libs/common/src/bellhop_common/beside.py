"""How does something run beside a block, and end with it?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def beside(
    work: Coroutine[object, object, None], name: str, ended: Callable[[Exception], None] | None = None
) -> AsyncIterator[None]:
    """`ended` is told at once of what ends it before the block does; what nobody was told is raised at the block's end.

    A block that lasts as long as the process should give it, or nobody hears of a failure until the process ends.
    """
    task, told = asyncio.create_task(work, name=name), list[Exception]()

    def tell(failed: "asyncio.Task[None]") -> None:
        error = _failure(failed)
        if ended is not None and error is not None:
            told.append(error)
            ended(error)

    task.add_done_callback(tell)
    try:
        yield
    finally:
        if not task.done():
            task.remove_done_callback(tell)
            task.cancel()
        await asyncio.wait([task])
        error = _failure(task)
        if error is not None and error not in told:
            raise error


def _failure(task: "asyncio.Task[None]") -> Exception | None:
    """Who was asked to end by its own cancellation hasn't failed."""
    error = None if task.cancelled() else task.exception()
    return error if isinstance(error, Exception) else None
