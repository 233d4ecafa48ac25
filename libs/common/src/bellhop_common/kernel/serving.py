"""How does a process run until it is told to stop, or must end by itself? uvicorn, and an honest exit status."""

import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import TypeVar

import uvicorn

from bellhop_common.kernel.app import create_app
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import Service
from bellhop_common.messaging.broken_connections import tell_of_lost_connections
from bellhop_common.observability.logging import configure_logging
from bellhop_common.settings import KernelSettings

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

OPEN_REQUESTS_SECONDS = 5
# What a socket may send at once is held in memory, many times over.
MAX_FRAME_BYTES = 512 * 1024


def serve(service: Service[StateT, InputT, EventT], settings: KernelSettings) -> int:
    """Blocks. 0 after a polite stop, 1 when the process ended itself."""
    configure_logging(settings.log_level)
    tell_of_lost_connections()
    app = create_app(service, settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        log_level="warning",
        access_log=False,
        ws_max_size=MAX_FRAME_BYTES,
        timeout_graceful_shutdown=OPEN_REQUESTS_SECONDS,
    )
    # uvicorn raises the signal that stopped it once more, when all is done.
    signal.signal(signal.SIGTERM, _leave)
    status = run(uvicorn.Server(config))
    runtime: Runtime[StateT, InputT, EventT] = app.state.runtime
    return runtime.exit_status or status


def run(server: uvicorn.Server) -> int:
    """A port that is taken is said by an exit of uvicorn's own."""
    with suppress(KeyboardInterrupt):
        try:
            server.run()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 0
    return 0


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
