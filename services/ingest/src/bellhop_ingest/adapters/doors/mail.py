"""What happens to a mail between the LMTP door and the front desk?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bellhop_ingest.adapters.doors.counter import Counter
from bellhop_ingest.adapters.doors.lmtp import NEVER, OK, Mail, MailDoors
from bellhop_ingest.application.front_desk import Answer
from bellhop_ingest.domain.admission import Admitted
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.outcomes import Ignored, Outcome, Refused
from bellhop_ingest.domain.reception import Reception

_LINE_ENDS: Final = {ord("\r"): " ", ord("\n"): " "}


@dataclass(frozen=True, slots=True)
class MailRoom:
    """`parse` may take seconds and never raises."""

    counter: Counter
    parse: Callable[[bytes, Reception], Awaitable[tuple[Outcome, ...]]]
    refused: Callable[[BaseException], None]

    def doors(self) -> MailDoors:
        return MailDoors(self._door_of, self._take_in, self.refused)

    async def _door_of(self, address: str) -> Door | None:
        door = (await self.counter.desk.places()).at_address(address)
        return door if door is not None and door.channel == "email" else None

    async def _take_in(self, mail: Mail, door: Door) -> str:
        places = await self.counter.desk.places()
        reception = replace(
            self.counter.reception(door.name),
            envelope_sender=mail.envelope_sender,
            recipients=mail.recipients,
            own_addresses=frozenset(one.address.casefold() for one in places.doors if one.address),
            own_domains=self.counter.rules.own_domains | {one.reply_domain for one in places.doors if one.reply_domain},
        )
        answers = await self.counter.desk.take(await self.parse(mail.raw, reception))
        code = NEVER if any(isinstance(answer, Refused) for answer in answers) else OK
        return f"{code} " + "; ".join(_described(answer) for answer in answers)


def _described(answer: Answer) -> str:
    match answer:
        case Admitted(contact_id=contact_id, parked=parked):
            return f"contact {contact_id}" + (f" parked: {parked}" if parked else "")
        case Ignored(reason=reason) | Refused(reason=reason):
            return f"not taken: {_on_one_line(reason)}"


def _on_one_line(reason: str) -> str:
    return reason.encode("ascii", "replace").decode().translate(_LINE_ENDS)[:200]
