"""What does somebody send who asks for deadlines before they promise?"""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import Field

from bellhop_common.events.desks import Calendar, DeskQueue, SlaPolicy
from bellhop_common.events.wire import Channel, Instant, Slug, Wire
from bellhop_sla.adapters import translate
from bellhop_sla.application.explain import Question
from bellhop_sla.domain.desk_file import DeskVersion
from bellhop_sla.domain.facts import Context, Customer, Fact, FactKind
from bellhop_sla.domain.policy import Queue

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class PreviewCustomer(Wire):
    vip: bool = False
    segment: str = ""
    locale: str = ""


class PreviewFact(Wire):
    """`queue`, `tier`, `priority`, `channel` hold from this fact on; left out, they stay as they were.

    `since_at`: when the first contact was received. `ref`: the reply or promise. `by_at`: what was promised.
    """

    kind: FactKind
    at: Instant
    queue: Slug | None = None
    tier: int | None = None
    priority: int | None = None
    channel: Channel | None = None
    customer: PreviewCustomer | None = None
    ref: str = ""
    waiting_for: str = ""
    since_at: Instant | None = None
    by_at: Instant | None = None


class PreviewRequest(Wire):
    """`policies`, `calendars` and `queues` as in a desk file; `at`: as of when, by default now."""

    policies: tuple[SlaPolicy, ...]
    calendars: tuple[Calendar, ...] = ()
    queues: tuple[DeskQueue, ...] = ()
    history: tuple[PreviewFact, ...] = Field(min_length=1, max_length=1_000)
    at: Instant | None = None

    def question(self) -> Question:
        version = DeskVersion(
            version=1,
            applied_at=_ALWAYS,
            policies=tuple(translate.policy(one) for one in self.policies),
            queues=tuple(Queue(one.name, one.calendar, one.sla) for one in self.queues),
        )
        calendars = tuple(translate.calendar(one) for one in self.calendars)
        return Question(version, calendars, tuple(self._facts()), UUID(int=0))

    def _facts(self) -> list[Fact]:
        context = Context("preview", 1, 50, "email", 1, Customer())
        facts: list[Fact] = []
        for number, one in enumerate(self.history, 1):
            context = _changed(context, one)
            facts.append(Fact(one.kind, one.at, 1, number, context, one.ref, one.waiting_for, _since(one), one.by_at))
        return facts


def _changed(before: Context, fact: PreviewFact) -> Context:
    customer = fact.customer
    return Context(
        queue=fact.queue or before.queue,
        tier=before.tier if fact.tier is None else fact.tier,
        priority=before.priority if fact.priority is None else fact.priority,
        channel=fact.channel or before.channel,
        desk_version=1,
        customer=before.customer if customer is None else Customer(customer.vip, customer.segment, customer.locale),
    )


def _since(fact: PreviewFact) -> datetime | None:
    return (fact.since_at or fact.at) if fact.kind is FactKind.QUEUED else None
