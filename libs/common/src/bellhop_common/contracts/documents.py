"""Which files hold the contracts, and what should stand in them?"""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import orjson
from ruamel.yaml import YAML

from bellhop_common.contracts.asyncapi import document
from bellhop_common.contracts.schemas import all_schemas
from bellhop_common.events.topics import SERVICES

FOLDER = Path(__file__).parents[3]
"""Of the package's sources, beside `src`."""

SCHEMAS, RELEASED, ASYNCAPI = "schemas", "schemas/released", "asyncapi"


def expected() -> Mapping[str, str]:
    """Path below the folder → text."""
    schemas = {f"{SCHEMAS}/{name}.v1.json": json_text(schema) for name, schema in all_schemas()}
    return schemas | {f"{ASYNCAPI}/{service}.yaml": yaml_text(document(service)) for service in SERVICES}


def differing(folder: Path) -> list[str]:
    """What is missing, out of date, or there without a type."""
    wanted = expected()
    there = {
        str(path.relative_to(folder)) for path in (*folder.glob(f"{SCHEMAS}/*.json"), *folder.glob(f"{ASYNCAPI}/*"))
    }
    changed = {name for name, text in wanted.items() if name in there and (folder / name).read_text() != text}
    return sorted(changed | (wanted.keys() ^ there))


def write(folder: Path) -> list[str]:
    """Returns what changed."""
    wanted = expected()
    changed = differing(folder)
    for name in changed:
        path = folder / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name])
        else:
            path.unlink()
    return changed


def release(folder: Path) -> None:
    """What is released can no longer lose a field."""
    (folder / RELEASED).mkdir(parents=True, exist_ok=True)
    for path in (folder / SCHEMAS).glob("*.json"):
        (folder / RELEASED / path.name).write_text(path.read_text())


def json_text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def yaml_text(value: object) -> str:
    yaml = YAML()
    yaml.width = 120
    # Without aliases, since many readers of AsyncAPI don't follow them.
    yaml.representer.ignore_aliases = lambda _value: True
    text = StringIO()
    yaml.dump(value, text)
    return text.getvalue()
