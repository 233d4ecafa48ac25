"""What did a released schema have that the new one lacks? Fields are only ever added."""

from collections.abc import Iterator, Mapping

Schema = Mapping[str, object]


def broken(old: Schema, new: Schema) -> list[str]:
    """Lost fields, and fields that are demanded now and weren't before, as paths; empty where nothing breaks."""
    return sorted({*_lost(old, new), *_newly_demanded(old, new)})


def _lost(old: Schema, new: Schema) -> Iterator[str]:
    for path, fields in _shapes(old).items():
        for field in fields.keys() - _shapes(new).get(path, {}).keys():
            yield f"{path}{field}: removed"


def _newly_demanded(old: Schema, new: Schema) -> Iterator[str]:
    before = _required(old)
    for path, fields in _required(new).items():
        if path in before:
            for field in fields - before[path]:
                yield f"{path}{field}: demanded, and was not before"


def _objects(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The whole, and everything that it defines by name."""
    yield "", schema
    defined = schema.get("$defs")
    for name, one in defined.items() if isinstance(defined, dict) else ():
        yield f"{name}.", one


def _shapes(schema: Schema) -> dict[str, Mapping[str, object]]:
    found = {path: one.get("properties") for path, one in _objects(schema)}
    return {path: fields for path, fields in found.items() if isinstance(fields, dict)}


def _required(schema: Schema) -> dict[str, set[str]]:
    found = {path: one.get("required", []) for path, one in _objects(schema)}
    return {path: set(fields) for path, fields in found.items() if isinstance(fields, list)}
