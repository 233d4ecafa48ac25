"""How does a command end that was left by an exception? Told in a sentence, with the exit status that belongs to it."""

import sys
import traceback
from types import TracebackType
from typing import Final

from bellhop_common.command_line.output import complain
from bellhop_common.errors import BellhopError

INTERRUPTED: Final = 130


class Ending:
    """A context: nothing leaves it but `SystemExit`."""

    def __init__(self, *, debug: bool) -> None:
        self._debug = debug

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, SystemExit):
            return
        if isinstance(error, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        if self._debug:
            traceback.print_exception(error)
        message, status = _told(error)
        complain(message)
        sys.exit(status)


def _told(error: BaseException) -> tuple[str, int]:
    if isinstance(error, BellhopError):
        return str(error), error.exit_status
    # Knows the drivers' exceptions, and so needs the drivers.
    from bellhop_common.command_line.failures import explain

    failure = explain(error)
    return failure.message, failure.exit_status
