"""Are the committed contracts what the models give, and do they keep what was released?"""

from collections.abc import Mapping
from pathlib import Path

import jsonschema_rs
import orjson
import pytest
from jsoncompat import check_compat
from ruamel.yaml import YAML

from bellhop_common.contracts import documents
from bellhop_common.contracts.compatibility import broken
from bellhop_common.contracts.schemas import all_schemas
from bellhop_common.events.topics import CATALOGUE, SERVICES

RELEASED = sorted((documents.FOLDER / documents.RELEASED).glob("*.json"))
RING = {"contact_id": "0195", "conversation_id": "0196", "channel": "phone", "entry_point": "desk", "waited_ms": 4}


def still_reads(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    """Whether every event of the old schema is one of the new; written were only the fields it knew."""
    return bool(check_compat(_anonymous(_closed(old)), _anonymous(new), "deserializer"))


def _closed(schema: Mapping[str, object]) -> dict[str, object]:
    """No object has other properties than those named."""
    closed = {name: _each(said) for name, said in schema.items()}
    return {"additionalProperties": False, **closed} if "properties" in schema else closed


def _each(said: object) -> object:
    match said:
        case dict():
            return _closed(said)
        case list():
            return [_each(one) for one in said]
        case _:
            return said


def _anonymous(schema: Mapping[str, object]) -> str:
    """The compatibility checker takes a schema's name for a reference to somewhere else."""
    return orjson.dumps({name: said for name, said in schema.items() if name != "$id"}).decode()


def test_the_committed_documents_are_current() -> None:
    assert documents.differing(documents.FOLDER) == [], "run: bellhop contracts write"


def test_every_type_of_the_catalogue_has_a_released_schema() -> None:
    names = {f"{name}.v1.json" for topic in CATALOGUE for name in topic.types}
    assert names - {path.name for path in RELEASED} == set(), "run: bellhop contracts write --release"


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_nothing_that_was_released_is_taken_away(path: Path) -> None:
    old, new = path.read_text(), (documents.FOLDER / documents.SCHEMAS / path.name).read_text()
    assert broken(orjson.loads(old), orjson.loads(new)) == []


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_old_events_can_still_be_read(path: Path) -> None:
    new = documents.FOLDER / documents.SCHEMAS / path.name
    assert still_reads(orjson.loads(path.read_bytes()), orjson.loads(new.read_bytes()))


def test_a_field_that_is_taken_away_is_found() -> None:
    old = dict(all_schemas())["work.offered"]
    new = orjson.loads(orjson.dumps(old))
    del new["properties"]["timeout_seconds"]
    del new["$defs"]["AgentLoad"]["properties"]["capacity"]
    assert broken(old, new) == ["AgentLoad.capacity: removed", "timeout_seconds: removed"]


def test_a_field_that_is_demanded_all_at_once_is_found() -> None:
    old = dict(all_schemas())["work.offered"]
    new = orjson.loads(orjson.dumps(old))
    new["required"].append("agent")
    assert broken(old, new) == ["agent: demanded, and was not before"]
    assert not still_reads(old, new)


def test_a_value_that_is_no_longer_allowed_is_found() -> None:
    old = dict(all_schemas())["contact.abandoned"]
    new = orjson.loads(orjson.dumps(old))
    new["properties"]["stage"]["enum"].remove("chat")
    assert not still_reads(old, new)


def test_a_field_may_be_added() -> None:
    old = dict(all_schemas())["work.offered"]
    new = orjson.loads(orjson.dumps(old))
    new["properties"]["mood"] = {"type": "string"}
    assert broken(old, new) == []
    assert still_reads(old, new)


@pytest.mark.parametrize(("name", "schema"), list(all_schemas()), ids=lambda one: one if isinstance(one, str) else "")
def test_each_schema_is_one(name: str, schema: dict[str, object]) -> None:
    assert schema["$id"] == f"support.{name}.v1.json"
    jsonschema_rs.validator_for(schema)


def test_a_sequenced_event_needs_its_place_in_the_sequence() -> None:
    schema = dict(all_schemas())["contact.abandoned"]
    body = {**RING, "contact_id": "4b6d7f02-41d5-5b0c-8d8c-3f0f6c0f5a11", "stage": "queue"}
    placed = {**body, "conversation_id": body["contact_id"], "at": "2026-03-02T09:00:00Z", "epoch": 1, "sequence": 3}
    assert jsonschema_rs.is_valid(schema, placed)
    assert not jsonschema_rs.is_valid(schema, {**placed, "sequence": None})


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_in_an_asyncapi_document_leads_somewhere(service: str) -> None:
    folder = documents.FOLDER / documents.ASYNCAPI
    document = YAML(typ="safe").load((folder / f"{service}.yaml").read_text())
    for reference in _references(document):
        if reference.startswith("#/"):
            found = document
            for name in reference[2:].split("/"):
                found = found[name]
        else:
            assert (folder / reference).is_file(), reference


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for value in node.values() for one in _references(value)]
    return [one for value in node for one in _references(value)] if isinstance(node, list) else []
