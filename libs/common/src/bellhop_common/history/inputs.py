"""What did somebody outside write down? Accepted inputs, mails that arrived and planted poison, as JSON Lines."""

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from bellhop_common.errors import Misuse
from bellhop_common.history.parsing import provider_reference
from bellhop_common.history.ports import Listed, Listing
from bellhop_common.history.records import Fields, Place, text, whole

_FIELDS = {
    Listing.ACCEPTED: ("entry_point", "provider_message_id"),
    Listing.SINK: ("message_id",),
    Listing.POISON: ("topic", "partition", "offset"),
}


def read_listing(path: Path, listing: Listing, prefix: str) -> Iterator[Listed]:
    """Raises `Misuse` with file and line where it can't be read."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _READ[listing](_object(path, number, line, _FIELDS[listing]), prefix)
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror or error}") from error


def _object(path: Path, number: int, line: bytes, wanted: tuple[str, ...]) -> Fields:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Misuse(f"{path}:{number}: not JSON ({error})") from error
    if not isinstance(found, dict):
        raise Misuse(f"{path}:{number}: got {type(found).__name__}, expected an object")
    missing = [name for name in wanted if not isinstance(found.get(name), str | int)]
    if missing:
        raise Misuse(f"{path}:{number}: {', '.join(missing)}: missing")
    return found


def _accepted(line: Fields, _prefix: str) -> Listed:
    return Listed(provider_reference(line))


def _arrived(line: Fields, _prefix: str) -> Listed:
    return Listed(text(line, "message_id").strip("<> "), text(line, "to"))


def _poison(line: Fields, prefix: str) -> Listed:
    topic = text(line, "topic").removeprefix(f"{prefix}.")
    return Listed(str(Place(topic, whole(line, "partition") or 0, whole(line, "offset") or 0)))


_READ: dict[Listing, Callable[[Fields, str], Listed]] = {
    Listing.ACCEPTED: _accepted,
    Listing.SINK: _arrived,
    Listing.POISON: _poison,
}
