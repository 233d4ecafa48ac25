"""How is one file's verdict shown to a person? A coloured headline, then what matters of each event."""

from collections.abc import Iterator, Mapping
from typing import cast

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

_COLOURS = {
    "received": "green",
    "updated": "cyan",
    "abandoned": "magenta",
    "parked": "yellow",
    "ignored": "dim",
    "refused": "red",
}
_LONGEST = 400
_SHOWN = ("subject", "occurred_at", "stage", "state", "change", "permanent", "status", "address", "in_reply_to")


def show(record: Mapping[str, object]) -> None:
    console = Console(highlight=False)
    outcome = str(record["outcome"])
    reason = f" · {escape(str(record['reason']))}" if "reason" in record else ""
    console.print(f"[bold {_COLOURS.get(outcome, 'white')}]{outcome:<9}[/] {escape(str(record['file']))}{reason}")
    for event in _mappings(record["events"]):
        for line in _lines(event):
            console.print(Padding(escape(line), (0, 0, 0, 4)))


def _lines(event: Mapping[str, object]) -> Iterator[str]:
    data = _mapping(event["data"])
    yield str(event["type"])
    sender = " ".join(
        f"{one['kind']}:{one['value']}" for one in _mappings(_mapping(data.get("customer")).get("handles"))
    )
    if sender:
        yield f"from: {sender}"
    yield from (f"{name}: {data[name]}" for name in _SHOWN if name in data)
    for bounced in _mappings(_mapping(data.get("bounce")).get("recipients")):
        yield f"bounced: {bounced['address']} ({'for good' if bounced['permanent'] else 'for now'})"
    for file in _mappings(data.get("attachments")):
        yield f"attachment: {file['name']} ({file['media_type']}, {file['bytes']} bytes)"
    words = str(data.get("reply_text") or data.get("text") or "").strip()
    if words:
        yield words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [_mapping(one) for one in value] if isinstance(value, list) else []
