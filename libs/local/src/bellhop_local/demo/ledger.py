"""What was handed in and acknowledged? Kept as the checker wants it: JSON Lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bellhop_local.sink.mail import SunkMail


@dataclass
class Ledger:
    """`accepted` are (entry point, provider message id), `poison` are (topic, partition, offset)."""

    accepted: list[tuple[str, str]] = field(default_factory=list)
    poison: list[tuple[str, int, int]] = field(default_factory=list)

    def write(self, folder: Path, sink: Iterable[SunkMail]) -> dict[str, Path]:
        rows: dict[str, list[dict[str, object]]] = {
            "accepted": [{"entry_point": door, "provider_message_id": named} for door, named in self.accepted],
            "poison": [{"topic": topic, "partition": part, "offset": offset} for topic, part, offset in self.poison],
            "sink": [{"message_id": one.message_id, "to": one.to, "at": one.at.isoformat()} for one in sink],
        }
        return {name: _write(folder / f"{name}.jsonl", found) for name, found in rows.items()}


def _write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path
