"""With which status does a process end?"""

import signal
import sys

import pytest
import uvicorn

from bellhop_common.kernel.serving import run


class Ending(uvicorn.Server):
    """Ends as it is told to, instead of serving."""

    def __init__(self, status: int | None) -> None:
        super().__init__(uvicorn.Config(app="none"))
        self._status = status

    def run(self, sockets: object = None) -> None:
        del sockets
        if self._status is None:
            raise KeyboardInterrupt
        sys.exit(self._status)


@pytest.mark.parametrize(("ending", "status"), [(None, 0), (0, 0), (3, 3)])
def test_a_server_that_could_not_start_is_no_polite_stop(ending: int | None, status: int) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run(Ending(ending)) == status
    assert signal.getsignal(signal.SIGTERM) is before
