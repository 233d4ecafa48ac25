"""Which dead letters are meant, where do they lie, and how are they settled?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bellhop_common.commands import dead_letter_book as book
from bellhop_common.commands import held_timers, open_gaps
from bellhop_common.errors import Misuse
from bellhop_common.events.topics import CATALOGUE, SERVICES
from bellhop_common.messaging.dead_letter_topics import Letter, LetterId, find, letters, send_back
from bellhop_common.messaging.dead_letters import dead_letter_topic
from bellhop_common.settings import load_settings

FAILED: Final = "handler-error"
GAP: Final = "gap"


@dataclass(frozen=True, slots=True)
class Filters:
    topic: str | None = None
    error_class: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, letter: Letter) -> bool:
        return (
            (self.topic is None or self.topic in letter.origin.topic)
            and (self.error_class is None or self.error_class == letter.error_class)
            and (self.since is None or letter.at >= self.since.astimezone())
            and (self.until is None or letter.at < self.until.astimezone())
        )


async def one_letter(letter_id: str) -> Letter:
    return await find(_bootstrap(), LetterId.parse(letter_id))


async def held(filters: Filters) -> list[held_timers.HeldTimer]:
    """Timers come from no topic, and are held for one reason only."""
    if filters.topic is not None or filters.error_class not in {None, FAILED}:
        return []
    return await held_timers.held(SERVICES)


async def gaps(filters: Filters) -> list[open_gaps.OpenGap]:
    """Records that never came have no letter, only others that wait for them."""
    if filters.error_class not in {None, GAP}:
        return []
    return [gap for gap in await open_gaps.opened(SERVICES) if filters.topic is None or filters.topic in gap.topic]


async def listed(filters: Filters, *, settled_too: bool) -> list[tuple[Letter, str | None]]:
    topics = [
        (dead_letter_topic(topic.full(load_settings(reader).topic_prefix), reader), reader)
        for topic in CATALOGUE
        for reader in topic.read_by
        if reader in SERVICES
    ]
    known: dict[LetterId, str] = {}
    found = [letter async for letter in letters(_bootstrap(), [name for name, _ in topics]) if filters.wants(letter)]
    for service in sorted({letter.id.service for letter in found}):
        async with book.book_of(service) as connection:
            known.update(await book.settled(connection))
    told = [(letter, known.get(letter.id)) for letter in sorted(found, key=lambda one: one.at)]
    return told if settled_too else [(letter, how) for letter, how in told if how is None]


async def settle(ids: Sequence[str], how: str) -> None:
    discard = how == "discarded"
    if not discard and any(one.startswith(open_gaps.PREFIX) for one in ids):
        raise Misuse("a gap can only be discarded: what it lacks never came")
    for one in ids:
        if one.startswith(held_timers.PREFIX):
            await held_timers.let_go(one, discard=discard)
        elif one.startswith(open_gaps.PREFIX):
            await open_gaps.give_up(one)
    await _settle_letters([one for one in ids if not one.startswith((held_timers.PREFIX, open_gaps.PREFIX))], how)


async def _settle_letters(ids: Sequence[str], how: str) -> None:
    """All of them are looked up first, so that nothing is done where one is misnamed."""
    found = [await find(_bootstrap(), LetterId.parse(one)) for one in ids]
    services = {letter.id.service for letter in found}
    for service in sorted(services):
        own = [letter for letter in found if letter.id.service == service]
        async with book.book_of(service) as connection:
            if how == "replayed":
                await send_back(_bootstrap(), own)
            await book.settle(connection, own, how)


def _bootstrap() -> str:
    return load_settings("common").kafka_bootstrap
