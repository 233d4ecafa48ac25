"""What stands in each line of a file? JSON objects or CSV, each with the number of its line, or what is wrong there."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import orjson
from pydantic import ValidationError

from bellhop_common.errors import Misuse

Fields = Mapping[str, object]
LONGEST_CELL: Final = 1024 * 1024
_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record to send, made of one line."""

    line: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def json_rows(path: Path) -> Iterator[Row | Problem]:
    """Raises `Misuse` at once for a file that can't be opened."""
    return _json_rows(_opened(path))


def _json_rows(opened: TextIO) -> Iterator[Row | Problem]:
    with opened as lines:
        for number, line in enumerate(lines, 1):
            text = line.removeprefix(_MARK).strip() if number == 1 else line.strip()
            if text:
                yield _json_row(number, text)


def csv_rows(path: Path) -> Iterator[Row | Problem]:
    """The first line names the columns; an empty cell says nothing. Raises `Misuse` for bad names."""
    csv.field_size_limit(LONGEST_CELL)
    with _opened(path) as lines:
        reader = csv.reader(lines, strict=True)
        try:
            names = _columns(path, next(reader, []))
            for cells in reader:
                yield _csv_row(reader.line_num, names, cells)
        except csv.Error as error:
            yield Problem(reader.line_num, f"CSV that can't be read: {error}")


def is_json(path: Path) -> bool:
    """By what stands first in the file, whatever it is called."""
    with _opened(path) as lines:
        first = next((line.removeprefix(_MARK).strip() for line in lines if line.strip()), "")
    return first.startswith(("{", "["))


def told(error: ValidationError) -> str:
    """Which fields are wrong, and what would be right."""
    found = ((".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")) for one in error.errors())
    return "; ".join(f"{where}: {what}" if where else what for where, what in found)


def _opened(path: Path) -> TextIO:
    """Bytes that are no text become marks which no field takes, so that the rest of the file can still be read."""
    try:
        return path.open(encoding="utf-8", errors="surrogateescape", newline="")
    except OSError as error:
        raise Misuse(f"{path} can't be read: {error.strerror or error}") from error


def _json_row(number: int, text: str) -> Row | Problem:
    try:
        found = orjson.loads(text.encode())
    except UnicodeEncodeError:
        return Problem(number, "bytes that aren't UTF-8, expected a JSON object")
    except orjson.JSONDecodeError as error:
        return Problem(number, f"not JSON ({error}), expected a JSON object")
    if not isinstance(found, dict):
        return Problem(number, f"got {type(found).__name__}, expected a JSON object")
    return Row(number, found)


def _columns(path: Path, cells: list[str]) -> list[str]:
    names = [cell.removeprefix(_MARK).strip() for cell in cells]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not any(names):
        raise Misuse(f"{path} is empty; its first line must name the columns")
    if twice:
        raise Misuse(f"{path}:1: the column {twice[0]!r} is there twice")
    return names


def _csv_row(number: int, names: list[str], cells: list[str]) -> Row | Problem:
    if len(cells) > len(names):
        return Problem(number, f"{len(cells)} cells, expected at most {len(names)}, one for each column")
    filled = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
    if any("\udc80" <= letter <= "\udcff" for cell in filled.values() for letter in cell):
        return Problem(number, "bytes that aren't UTF-8")
    return Row(number, filled)
