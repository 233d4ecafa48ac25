"""How is a good message made bad? By a seeded chance: bytes cut and doubled, values of another kind, limits crossed."""

import json
from collections.abc import Sequence
from random import Random
from typing import Final

# Stand for what `json` can't write.
TOO_LARGE: Final = "@1e400@"
TOO_DEEP: Final = "@deep@"
ODD_TEXTS: Final[Sequence[str]] = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e\u2028\ufeff",
    "a" * 70_000,
    "é" * 1_500,
    "null",
    "../../etc/passwd",
    "%00%ff",
    "'; DROP TABLE aggregates; --",
    "<script>alert(1)</script>",
    "\r\nX-Injected: yes",
    "=?utf-8?b?/////w==?=",
    "²",
    "00000000-0000-0000-0000-000000000000",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "99999999999999d",
    "P999999999D",
    "24:00-24:00",
)
ODD_VALUES: Final[Sequence[object]] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    0.1,
    float("nan"),
    float("-inf"),
    TOO_LARGE,
    TOO_DEEP,
    [],
    {},
    [[]],
    {"": {"": None}},
    ["a"] * 2_000,
)


def odd_text(chance: Random) -> str:
    if chance.random() < 0.2:  # noqa: PLR2004 - a fifth are long, and no two alike, so that nothing can compress them
        return "".join(chr(chance.randint(0x10000, 0x1FFFF)) for _ in range(chance.choice((200, 900, 5_000))))
    return chance.choice(ODD_TEXTS)


def odd_value(chance: Random) -> object:
    return odd_text(chance) if chance.random() < 0.5 else chance.choice(ODD_VALUES)  # noqa: PLR2004 - half of each


def spoilt(tree: object, chance: Random) -> object:
    """A copy with up to three of its values, names or places changed."""
    for _ in range(chance.randint(1, 3)):
        tree = _spoilt_once(tree, chance)
    return tree


def _spoilt_once(tree: object, chance: Random) -> object:
    match tree:
        case dict() if tree and chance.random() < 0.9:  # noqa: PLR2004 - mostly further below
            return _spoilt_object(tree, chance)
        case list() if tree and chance.random() < 0.9:  # noqa: PLR2004 - as above
            place = chance.randrange(len(tree))
            return [*tree[:place], _spoilt_once(tree[place], chance), *tree[place + 1 :]]
        case _:
            return odd_value(chance)


def _spoilt_object(tree: dict[str, object], chance: Random) -> dict[str, object]:
    name = chance.choice(sorted(tree))
    others = {key: value for key, value in tree.items() if key != name}
    match chance.randrange(8):
        case 0:
            return others
        case 1:
            return {**others, odd_text(chance): tree[name]}
        case 2:
            return {**tree, odd_text(chance): odd_value(chance)}
        case _:
            return {**tree, name: _spoilt_once(tree[name], chance)}


def written(tree: object) -> bytes:
    """As JSON, with what no JSON writer of a careful sender would write."""
    text = json.dumps(tree)
    deep = "[" * 3_000 + "]" * 3_000
    return text.replace(f'"{TOO_LARGE}"', "1e400").replace(f'"{TOO_DEEP}"', deep).encode()


def damaged(raw: bytes, chance: Random) -> bytes:
    """Up to twenty places cut, doubled, moved or overwritten."""
    found = bytearray(raw)
    for _ in range(chance.randint(1, 20)):
        place, length = chance.randrange(len(found) + 1), chance.choice((0, 1, 2, 8, 64))
        piece = bytes(found[place : place + length])
        match chance.randrange(5):
            case 0:
                found[place : place + length] = b""
            case 1:
                found[place:place] = piece * chance.choice((1, 2, 50))
            case 2:
                found[place : place + length] = chance.randbytes(length)
            case 3:
                found[place : place + length] = chance.choice((b"\0", b"\r\n", b"\n\n", b"\xff\xfe", b"%", b'"', b"{"))
            case _:
                other = chance.randrange(len(found) + 1)
                found[other:other] = piece
    return bytes(found)


def noise(chance: Random) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 10, 200, 5_000)))
