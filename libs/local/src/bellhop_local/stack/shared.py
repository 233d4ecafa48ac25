"""How all workers of one test run share one stack: the first starts it, the last one stops it.

    @pytest.fixture(scope="session")
    def stack(tmp_path_factory):
        with shared_stack(tmp_path_factory.getbasetemp().parent / "stack") as addresses:
            yield addresses

Every process that names the same folder gets the same servers. Who uses them is a shared lock on a
file, so a worker that is killed counts as gone, and when all are gone the servers go too. A stack
that can't start raises: a test that needs it fails.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bellhop_local.stack.addresses import StackAddresses
from bellhop_local.stack.control import bring_up, take_down
from bellhop_local.stack.layout import StackFolder
from bellhop_local.stack.lock import FileLock, is_held
from bellhop_local.stack.orders import Orders


@contextmanager
def shared_stack(
    folder: Path,
    postgres_settings: Mapping[str, str] | None = None,
    kafka_settings: Mapping[str, str] | None = None,
) -> Iterator[StackAddresses]:
    """Settings count for the process that comes first. Blocks: about 4 s for it, less for others."""
    place = StackFolder(folder.absolute())
    place.create()
    users = FileLock(place.users)
    users.share()
    orders = Orders(place.root, while_used=True)
    settings = replace(
        orders, postgres_settings=dict(postgres_settings or {}), kafka_settings=dict(kafka_settings or {})
    )
    try:
        yield bring_up(settings).addresses
    finally:
        users.release()
        # If it is held, the supervisor saw the last user go before we did and is stopping.
        if users.take() or is_held(place.users):
            take_down(place, politely=False)
            users.release()
