"""Which values in a JSON body can no event hold, and where do they stand?"""

import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple

SHOWN: Final = 80
MOST: Final = 20
HALF: Final = re.compile("[\ud800-\udfff]")
"""Of a character beyond the first 65,536 in UTF-16 (RFC 2781); alone it is none, and UTF-8 can't write it."""


class Unholdable(NamedTuple):
    path: str
    got: str
    expected: str


def unholdable(body: bytes) -> list[Unholdable]:
    """The first few; nothing of a body that is no JSON, not even with the liberties that Python's reader takes.

    A large body takes a second: to be asked beside the event loop.
    """
    with suppress(ValueError, RecursionError):
        return list(islice(_within(json.loads(body, parse_int=float), ["body"]), MOST))
    return []


def _within(value: object, path: list[str]) -> Iterator[Unholdable]:
    """`path` is one list for all: with a path each, a long name around many values would fill the memory."""
    match value:
        case dict():
            for name, below in value.items():
                yield from _within(name, path)
                yield from _below(below, name[:SHOWN], path)
        case list():
            for number, below in enumerate(value):
                yield from _below(below, str(number), path)
        case str() if "\0" in value:
            yield Unholdable(".".join(path), ascii(value[:SHOWN]), "text without NUL")
        case str() if HALF.search(value):
            yield Unholdable(".".join(path), ascii(value[:SHOWN]), "text without half characters")
        case float() if not math.isfinite(value):
            yield Unholdable(".".join(path), str(value), "a number of at most 64 bits")
        case _:
            return


def _below(value: object, step: str, path: list[str]) -> Iterator[Unholdable]:
    path.append(step)
    yield from _within(value, path)
    path.pop()
