"""Which JSON Schema does each type have? Its model's, with the stamp that its topic demands."""

from collections.abc import Iterator, Mapping

from bellhop_common.events.envelope import Stamp, full_type
from bellhop_common.events.topics import CATALOGUE, SERVICES, Topic
from bellhop_common.events.wire import Message

Schema = dict[str, object]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SEQUENCED = ("epoch", "sequence")
_ORDERED = ("desk", "desk_version", "desk_seq", "ordinal")


def all_schemas() -> Iterator[tuple[str, Schema]]:
    """Short type and schema, in the catalogue's order."""
    for topic in CATALOGUE:
        for name, model in topic.types.items():
            yield name, schema_of(topic, name, model)


def schema_of(topic: Topic, name: str, model: type[Message]) -> Schema:
    own = model.model_json_schema(mode="validation")
    stamp = Stamp.model_json_schema(mode="validation") if _is_ours(topic) else {}
    demanded = _demanded(topic)
    fields = {**_object(stamp, "properties"), **_object(own, "properties")}
    required = [*_names(own), *(field for field in demanded if field not in _names(own))]
    return {
        "$schema": _DIALECT,
        "$id": f"{full_type(name)}.json",
        "title": model.__name__,
        **({"description": own["description"]} if "description" in own else {}),
        "type": "object",
        "properties": {field: _without_null(said) if field in demanded else said for field, said in fields.items()},
        **({"required": required} if required else {}),
        **({"$defs": own["$defs"]} if "$defs" in own else {}),
    }


def _is_ours(topic: Topic) -> bool:
    return any(writer in SERVICES for writer in topic.written_by) and not topic.name.endswith(".command.v1")


def _demanded(topic: Topic) -> tuple[str, ...]:
    if not _is_ours(topic):
        return ()
    return ("at", *(_SEQUENCED if topic.sequenced else ()), *(_ORDERED if topic.ordered else ()))


def _object(schema: Mapping[str, object], name: str) -> dict[str, object]:
    found = schema.get(name)
    return found if isinstance(found, dict) else {}


def _names(schema: Mapping[str, object]) -> list[str]:
    found = schema.get("required")
    return [str(one) for one in found] if isinstance(found, list) else []


def _without_null(said: object) -> object:
    """A demanded field is optional in the stamp of all events, and has to be there on this topic."""
    if not isinstance(said, dict) or not isinstance(said.get("anyOf"), list):
        return said
    kept = [one for one in said["anyOf"] if one != {"type": "null"}]
    rest = {name: value for name, value in said.items() if name not in {"anyOf", "default"}}
    return {**rest, **kept[0]} if len(kept) == 1 else {**rest, "anyOf": kept}
