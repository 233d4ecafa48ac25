"""What does somebody send who asks for deadlines before they promise?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from pydantic import Field

from bellhop_common.events.desks import Calendar, DeskQueue, Priority, SlaPolicy, SlaTarget, Tier
from bellhop_common.events.wire import Channel, Instant, ShortText, Slug, Wire
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
    tier: Tier | None = None
    priority: Priority | None = None
    channel: Channel | None = None
    customer: PreviewCustomer | None = None
    ref: str = ""
    waiting_for: str = ""
    since_at: Instant | None = None
    by_at: Instant | None = None


class PreviewTarget(SlaTarget):
    warnings: tuple[int, ...] = Field((50, 80, 95), max_length=20)
    pause_on: tuple[str, ...] = Field((), max_length=20)


class PreviewPolicy(SlaPolicy):
    when: ShortText = "true"
    queues: tuple[Slug, ...] = Field((), max_length=100)
    targets: tuple[PreviewTarget, ...] = Field((), max_length=50)


class PreviewCalendar(Calendar):
    """Whoever drew it for a hundred thousand own dates would draw for hours."""

    hours: ShortText = "24/7"
    holidays: str | None = Field(None, max_length=200)
    closed: tuple[str, ...] = Field((), max_length=400)


class PreviewRequest(Wire):
    """`policies`, `calendars` and `queues` as in a desk file; `at`: as of when, by default now."""

    policies: tuple[PreviewPolicy, ...] = Field(max_length=50)
    calendars: tuple[PreviewCalendar, ...] = Field((), max_length=20)
    queues: tuple[DeskQueue, ...] = Field((), max_length=100)
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

    def instants(self) -> Iterator[tuple[str, datetime | None]]:
        """Each with the path at which it stands."""
        yield "body.at", self.at
        for number, fact in enumerate(self.history):
            for name in ("at", "since_at", "by_at"):
                yield f"body.history.{number}.{name}", getattr(fact, name)

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
