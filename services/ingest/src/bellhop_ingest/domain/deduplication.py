"""Has this arrived before? Keys that stay the same however often a provider repeats itself."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bellhop_common.ids import natural_id
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.outcomes import Origin

_TRACE = re.compile(
    rb"(received|return-path|delivered-to|x-original-to|envelope-to|delivery-date|received-spf|authentication-results"
    rb"|arc-[a-z-]+|x-received|x-google-[a-z-]+|x-gm-[a-z-]+|x-forwarded-[a-z]+|x-spam-[a-z-]+|x-virus-[a-z-]+"
    rb"|x-sieve|x-uid[a-z]*|status|x-status|x-ms-exchange-[a-z-]+|lines|content-length)[ \t]*:",
    re.IGNORECASE,
)


_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = 1024 * 1024


class Verdict(StrEnum):
    """`CHANGED` is an update of the same contact; `DISTINCT` another contact under the same id."""

    NEW = "new"
    REPEAT = "repeat"
    CHANGED = "changed"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class DedupeKey:
    entry_point: str
    provider: str
    provider_message_id: str


def key_of(arrival: Arrival | Origin) -> DedupeKey:
    return DedupeKey(arrival.entry_point, arrival.provider, arrival.provider_message_id)


def judge(arrival: Arrival, known_digests: Iterable[str]) -> Verdict:
    """`known_digests` are those of the arrivals stored under the same key, the newest last."""
    known = tuple(known_digests)
    if not known:
        return Verdict.NEW
    if arrival.digest in known:
        return Verdict.REPEAT
    return Verdict.DISTINCT if not vouched(arrival.channel) else Verdict.CHANGED


def vouched(channel: Channel) -> bool:
    """Whether the provider made the id; anybody can write a Message-ID."""
    return channel is not Channel.EMAIL


def contact_id(arrival: Arrival) -> UUID:
    """The same for every repeat; for mail the content is part of the name."""
    key = key_of(arrival)
    parts = ("contact", key.entry_point, key.provider, key.provider_message_id)
    return natural_id(*parts) if vouched(arrival.channel) else natural_id(*parts, arrival.digest)


def origin_contact_id(origin: Origin) -> UUID:
    """Of the contact that an update, hang-up or call state speaks of; never one that came by mail."""
    return natural_id("contact", origin.entry_point, origin.provider, origin.provider_message_id)


def content_digest(*parts: str) -> str:
    joined = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        joined.update(len(encoded).to_bytes(8, "big") + encoded)
    return joined.hexdigest()


def mail_digest(raw: bytes) -> str:
    """SHA-256 of the message below its trace headers: what each hop adds and line ends don't count."""
    found = _BLANK_LINE.search(raw)
    head, body_at = (raw, len(raw)) if found is None else (raw[: found.start()], found.end())
    digest = hashlib.sha256(b"\n".join(_fields(head.replace(b"\r\n", b"\n"))) + b"\n\n")
    last = _end_of_text(raw, body_at)
    for start in range(body_at, last, _CHUNK):
        chunk = raw[start : min(start + _CHUNK, last)]
        digest.update(chunk.replace(b"\r", b""))
    return digest.hexdigest()


def _end_of_text(raw: bytes, start: int) -> int:
    """Where the last line ends that isn't blank, found without a copy of the whole."""
    end = len(raw)
    while end > start:
        piece = raw[max(end - _CHUNK, start) : end]
        kept = piece.rstrip(b"\r\n")
        end -= len(piece) - len(kept)
        if kept:
            break
    return end


def _fields(head: bytes) -> Iterable[bytes]:
    keeping = True
    for index, line in enumerate(head.split(b"\n")):
        if index == 0 and line.startswith(b"From "):
            continue
        if not line.startswith((b" ", b"\t")):
            keeping = not _TRACE.match(line)
        if keeping:
            yield line
