"""What does a desk file say? YAML 1.2 read strictly, each error with its line, its value and what would be right."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path as FilePath

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bellhop_common.errors import Misuse
from bellhop_common.events import desks
from bellhop_common.events.desks import DeskFile
from bellhop_router.adapters.desk_checks import check
from bellhop_router.adapters.findings import LONGEST, Finding, Located, Path, shortened
from bellhop_router.adapters.strict_yaml import is_storable, shown, strict_yaml

# Read with every place kept, this much takes seconds; two hundred agents need a quarter of it.
MAX_BYTES = 200_000
MOST_VALUES = 200_000
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Checked:
    """Either the file or what is wrong with it."""

    file: DeskFile | None
    errors: tuple[Located, ...] = ()


def read(path: FilePath) -> Checked:
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise Misuse(f"{path} can't be read: {error.strerror}") from error


def parse(raw: bytes) -> Checked:
    if len(raw) > MAX_BYTES:
        return _broken(f"{len(raw)} bytes", f"at most {MAX_BYTES}")
    try:
        tree = strict_yaml().load(StringIO(raw.decode()))
    except UnicodeDecodeError:
        return _broken("bytes that aren't UTF-8", "UTF-8 text")
    except MarkedYAMLError as error:
        return _unreadable(error)
    except YAMLError as error:
        return _broken(str(error).splitlines()[0], "YAML 1.2")
    except RecursionError:
        return _broken("values inside values without end", "a few levels")
    if not isinstance(tree, CommentedMap):
        got = {CommentedSeq: "a list", type(None): "nothing"}.get(type(tree), "a single value")
        return _broken(got, "a mapping with desk, entry_points, queues and the rest")
    return judge(tree)


def judge(tree: CommentedMap) -> Checked:
    if not _is_bounded(tree):
        return _broken(f"aliases that unfold without end or into more than {MOST_VALUES} values", "fewer of them")
    unstorable = _sorted(_located(tree, finding) for finding in _unstorable(tree, ()))
    if unstorable:
        return Checked(None, unstorable)
    try:
        file = DeskFile.model_validate(_plain(tree), extra="forbid")
    except ValidationError as error:
        return Checked(None, _sorted(_located(tree, _finding(each)) for each in error.errors()))
    found = _sorted(_located(tree, finding) for finding in check(file))
    return Checked(None if found else file, found)


def _is_bounded(tree: CommentedMap) -> bool:
    """An alias may contain itself, and a few lines of aliases of aliases millions of values."""
    waiting: list[object] = [tree]
    seen = 0
    while waiting and seen <= MOST_VALUES:
        node = waiting.pop()
        below = list(node.values()) if isinstance(node, CommentedMap) else node
        if isinstance(below, list):
            seen += 1 + len(below)
            waiting.extend(one for one in below if isinstance(one, CommentedMap | CommentedSeq))
    return seen <= MOST_VALUES


def _unstorable(node: object, path: Path) -> Iterable[Finding]:
    """An escape can write what no text may hold; an event's numbers have 64 bits."""
    match node:
        case CommentedMap():
            for key, value in node.items():
                yield from _unstorable(key if isinstance(key, int) else str(key), path)
                yield from _unstorable(value, (*path, key))
        case CommentedSeq():
            for number, value in enumerate(node):
                yield from _unstorable(value, (*path, number))
        case str() if _UNSTORABLE.search(node):
            yield Finding(path, shown(str(node)), "text without NUL and half characters")
        case int() if not is_storable(node):
            yield Finding(path, shown(node), "a number of at most 18 digits")
        case _:
            return


def _plain(node: object) -> object:
    """Without the round-trip types, so that the models see plain values only."""
    match node:
        case CommentedMap():
            return {str(key): _plain(value) for key, value in node.items()}
        case CommentedSeq():
            return [_plain(value) for value in node]
        case bool() | None:
            return node
        case int():
            return int(node)
        case float():
            return float(node)
        case _:
            return str(node)


def _finding(error: ErrorDetails) -> Finding:
    path = tuple(step for step in error["loc"] if step != "[key]")
    last = path[-1] if path else ""
    match error["type"]:
        case "extra_forbidden":
            return Finding(path, f"the key {shown(last)}", _nearest(str(last)))
        case "missing":
            return Finding(path[:-1], f"no {last}", f"a value for {last}")
        case _:
            expected = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
            return Finding(path, shown(error["input"]), expected)


def _nearest(key: str) -> str:
    models = (each for each in vars(desks).values() if isinstance(each, type) and issubclass(each, BaseModel))
    known = sorted({name for model in models for name in model.model_fields})
    close = difflib.get_close_matches(key, known, n=1)
    return f"a key that the schema has; did you mean {close[0]!r}?" if close else "a key that the schema has"


def _located(tree: CommentedMap, finding: Finding) -> Located:
    """The deepest place on the way that the file has."""
    node: object = tree
    line, column = 0, 0
    for step in finding.path:
        place = _place(node, step)
        if place is None:
            break
        (line, column), node = place
    return Located(finding, line + 1, column + 1)


def _place(node: object, step: str | int) -> tuple[tuple[int, int], object] | None:
    match node, step:
        case CommentedMap(), _ if step in node:
            return node.lc.value(step), node[step]
        case CommentedSeq(), int() if step < len(node):
            return node.lc.item(step), node[step]
        case _:
            return None


def _unreadable(error: MarkedYAMLError) -> Checked:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or "broken").strip().splitlines()[0]
    finding = Finding((), f"YAML that can't be read ({shortened(problem, 3 * LONGEST)})", "YAML 1.2")
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    return Checked(None, (Located(finding, line + 1, column + 1),))


def _broken(got: str, expected: str) -> Checked:
    return Checked(None, (Located(Finding((), got, expected), 1, 1),))


def _sorted(found: Iterable[Located]) -> tuple[Located, ...]:
    return tuple(sorted(found, key=lambda located: (located.line, located.column, located.finding.path)))
