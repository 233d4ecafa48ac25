"""What did a provider post? JSON or a form, within limits, as a tree that can be looked into."""

from urllib.parse import parse_qsl

import orjson

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.domain.outcomes import Refused, refused

_MOST_FIELDS = 1_000


def read_json(raw: bytes) -> Node | Refused:
    try:
        return Node(orjson.loads(raw))
    except orjson.JSONDecodeError as error:
        return refused("body", f"no JSON ({str(error)[:120]})", "a JSON document")


def read_json_object(raw: bytes) -> Node | Refused:
    body = read_json(raw)
    if isinstance(body, Node) and not body.is_object:
        return refused("body", body.said, "a JSON object")
    return body


def read_form_or_json(raw: bytes) -> Node | Refused:
    """A form's fields become a flat object; of a repeated field the first value counts."""
    if raw.lstrip()[:1] in {b"{", b"["}:
        return read_json_object(raw)
    try:
        # A line end after it is the file's or the tool's, and never the last field's: that would be encoded.
        pairs = parse_qsl(
            raw.decode().strip(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS
        )
    except (ValueError, UnicodeDecodeError):
        return refused("body", f"{len(raw)} bytes that are neither", "JSON or a URL-encoded form")
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return Node(fields)
