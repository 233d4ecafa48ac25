"""Which topics does a service read and write? One AsyncAPI 3.0 document each, for people and for tools."""

from collections.abc import Iterable

from bellhop_common.events.envelope import full_type
from bellhop_common.events.topics import CATALOGUE, DEFAULT_PREFIX, Topic

Node = dict[str, object]


def document(service: str) -> Node:
    written = [topic for topic in CATALOGUE if service in topic.written_by]
    read = [topic for topic in CATALOGUE if service in topic.read_by]
    touched = [topic for topic in CATALOGUE if topic in written or topic in read]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Bellhop {service}",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 over Kafka in binary mode; topics use log-append time.",
        },
        "defaultContentType": "application/json",
        "channels": {
            **{topic.name: _channel(topic) for topic in touched},
            **{name: _aside(topic, name) for topic in read for name in _asides(topic, service)},
        },
        "operations": {
            **{f"send-{topic.name}": _operation("send", topic) for topic in written},
            **{f"receive-{topic.name}": _operation("receive", topic) for topic in read},
        },
        "components": {
            "messages": {name: _message(topic, name) for topic in touched for name in topic.types},
            "schemas": {"headers": _HEADERS},
            "parameters": {"prefix": {"default": DEFAULT_PREFIX, "description": "What all topics begin with."}},
        },
    }


def _channel(topic: Topic) -> Node:
    return {
        "address": f"{{prefix}}.{topic.name}",
        "description": _described(topic),
        "parameters": {"prefix": _ref("components", "parameters", "prefix")},
        "messages": {name: _ref("components", "messages", name) for name in topic.types},
        "bindings": {"kafka": {"partitions": topic.partitions, "topicConfiguration": _configuration(topic)}},
    }


def _described(topic: Topic) -> str:
    order = ["", " Sequenced per key and epoch."][topic.sequenced] + ["", " In the desk's total order."][topic.ordered]
    return f"Keyed by {topic.key}. Written by {_told(topic.written_by)}; read by {_told(topic.read_by)}.{order}"


def _configuration(topic: Topic) -> Node:
    if topic.retention is None:
        return {"cleanup.policy": ["compact"]}
    return {"cleanup.policy": ["delete"], "retention.ms": int(topic.retention.total_seconds() * 1_000)}


def _asides(topic: Topic, service: str) -> tuple[str, ...]:
    return (f"{topic.name}.{service}.dead-letter", f"{topic.name}.{service}.retry")


def _aside(topic: Topic, name: str) -> Node:
    """Their records are those of the topic, unchanged, with headers that say why they are here."""
    return {
        "address": f"{{prefix}}.{name}",
        "description": f"Records of {topic.name}, unchanged, with the headers dl_topic, dl_partition and dl_offset.",
        "parameters": {"prefix": _ref("components", "parameters", "prefix")},
        "messages": {kind: _ref("components", "messages", kind) for kind in topic.types},
    }


def _operation(action: str, topic: Topic) -> Node:
    return {
        "action": action,
        "channel": _ref("channels", topic.name),
        "messages": [_ref("channels", topic.name, "messages", name) for name in topic.types],
    }


def _message(topic: Topic, name: str) -> Node:
    return {
        "name": full_type(name),
        "contentType": "application/json",
        "headers": _ref("components", "schemas", "headers"),
        "payload": {"$ref": f"../schemas/{name}.v1.json"},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
    }


def _ref(*path: str) -> Node:
    """JSON pointers escape `/`; no name of ours has one."""
    return {"$ref": "#/" + "/".join(path)}


def _told(names: Iterable[str]) -> str:
    return ", ".join(names) or "nobody"


_HEADERS: Node = {
    "type": "object",
    "required": ["ce_id", "ce_source", "ce_type", "ce_specversion"],
    "properties": {
        name: {"type": "string", "description": said}
        for name, said in (
            ("ce_id", "The event's id; a repeat has the same one."),
            ("ce_source", "bellhop/<service> for ours."),
            ("ce_type", "support.<name>.v1"),
            ("ce_specversion", "1.0"),
            ("ce_subject", "The key."),
            ("ce_time", "RFC 3339 in UTC."),
            ("ce_dataschema", "The name of the JSON Schema."),
            ("ce_causationid", "The id of what caused it."),
            ("traceparent", "W3C trace context."),
        )
    },
}
