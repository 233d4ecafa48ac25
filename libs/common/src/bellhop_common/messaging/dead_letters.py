"""Where does a record go that can't be handled? To the dead-letter topic, unchanged, with headers that say why."""

from collections.abc import Sequence
from typing import Final

from bellhop_common.kernel.delivery import DeadLetter, Origin, RecordHeaders
from bellhop_common.postgres.outbox_rows import RawRow

DL_HEADERS: Final = ("dl_topic", "dl_partition", "dl_offset", "dl_error_class", "dl_attempts")
DL_REPLAY: Final = "dl_replay"


def dead_letter_topic(topic: str, service: str) -> str:
    return f"{topic}.{service}.dead-letter"


def retry_topic(topic: str, service: str) -> str:
    return f"{topic}.{service}.retry"


def dead_letter_row(letter: DeadLetter, service: str) -> RawRow:
    """Same partition number, bytes, key and headers; a replayed record that fails again keeps its first place."""
    origin = letter.raw.origin
    return RawRow(
        topic=dead_letter_topic(origin.topic, service),
        partition=origin.partition,
        key=letter.raw.key,
        headers=(*without_dl(letter.raw.headers), *_reasons(letter, origin)),
        value=letter.raw.value,
    )


def without_dl(headers: RecordHeaders) -> RecordHeaders:
    return tuple((name, value) for name, value in headers if name not in DL_HEADERS and name != DL_REPLAY)


def _reasons(letter: DeadLetter, origin: Origin) -> RecordHeaders:
    values: Sequence[object] = (origin.topic, origin.partition, origin.offset, letter.error_class, letter.attempts)
    return tuple((name, str(value).encode()) for name, value in zip(DL_HEADERS, values, strict=True))
