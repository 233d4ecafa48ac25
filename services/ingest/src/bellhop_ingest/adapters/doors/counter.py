"""What do the HTTP doors have in common? A capped body, an entry point that exists, and one way to answer."""

from dataclasses import dataclass

from fastapi import Request

from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.adapters.secrets import Secrets
from bellhop_ingest.application.front_desk import Answer, FrontDesk
from bellhop_ingest.domain.admission import Admitted
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.outcomes import Ignored, Refused
from bellhop_ingest.domain.reception import Reception


@dataclass(frozen=True, slots=True)
class Rules:
    """As in `Reception`; `public_url` is where providers reach us, if a proxy is in between."""

    max_body_bytes: int
    max_mail_bytes: int
    own_domains: frozenset[str] = frozenset()
    trusted_servers: frozenset[str] = frozenset()
    region: str | None = None
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    desk: FrontDesk
    secrets: Secrets
    rules: Rules

    async def body(self, request: Request) -> bytes:
        """Read in full, since signatures are over the raw bytes; 413 as soon as it is too long."""
        limit, parts, size = self.rules.max_body_bytes, list[bytes](), 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise Problem(413, "Too large", f"at most {limit} bytes")
            parts.append(part)
        return b"".join(parts)

    async def door(self, name: str, *channels: str) -> Door:
        door = await self.desk.door(name)
        if door is None or door.channel not in channels:
            raise Problem(404, "No such entry point", f"no desk has an entry point {name[:64]!r} for {channels[0]}")
        return door

    def reception(self, entry_point: str) -> Reception:
        rules = self.rules
        return Reception(
            entry_point=entry_point,
            received_at=self.desk.now,
            own_domains=rules.own_domains,
            trusted_servers=rules.trusted_servers,
            region=rules.region,
            max_mail_bytes=rules.max_mail_bytes,
            max_body_bytes=rules.max_body_bytes,
        )

    async def hand_in(self, channel: str, raw: bytes, entry_point: str) -> list[Answer]:
        return await self.desk.take(normalise(channel, raw, self.reception(entry_point)))


def described(answer: Answer) -> dict[str, object]:
    """What a sender is told of one outcome."""
    match answer:
        case Admitted(contact_id=contact_id, conversation_id=conversation_id, parked=parked, repeat=repeat):
            named = {"contact_id": contact_id, "conversation_id": conversation_id, "parked": parked}
            known = {name: str(value) for name, value in named.items() if value is not None}
            return {"outcome": "accepted", "repeat": repeat, **known}
        case Ignored(reason=reason):
            return {"outcome": "ignored", "reason": reason}
        case Refused(errors=errors):
            told = [{"path": one.path, "got": one.got, "expected": one.expected} for one in errors]
            return {"outcome": "refused", "errors": told}


def must_be_taken(answer: Answer) -> Admitted | Ignored:
    if isinstance(answer, Refused):
        raise Problem(422, "Not as expected", errors=described(answer)["errors"])
    return answer
