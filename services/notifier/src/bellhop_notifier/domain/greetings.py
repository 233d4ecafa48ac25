"""When is a customer greeted on their day? Planned a year at a time, looked at anew when the day begins."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bellhop_notifier.domain.customers import Customer, Planned
from bellhop_notifier.domain.desks import Desk
from bellhop_notifier.domain.notice import Kind, Life, Notice, Reason, Recipient, schedule
from bellhop_notifier.domain.occasions import Custom, Span, celebrated_on, next_greeting, span
from bellhop_notifier.domain.scene import GREET, SEND, Scene
from bellhop_notifier.domain.sending import send_if_fit
from bellhop_notifier.domain.subjects import Pointer, notice_id, notice_key, pointer_to
from bellhop_notifier.domain.windows import MINUTES_A_DAY, first_zone, instant_at, read_window

GREETED: Final = (Kind.BIRTHDAY,)
UNTIL_A_DESK: Final = timedelta(seconds=5)
UNTIL_IT_GREETS: Final = timedelta(hours=1)


def plan_greetings(scene: Scene, customer: Customer) -> Scene:
    """One timer per occasion, for the first moment of the next such day; what no longer holds is cancelled."""
    wanted = tuple(_wanted(scene, customer)) if customer.profile.status == "active" else ()
    still = {(one.occasion, one.year) for one in wanted}
    for old in customer.planned:
        if (old.occasion, old.year) not in still:
            scene = scene.let_sleep(GREET, _pointer(customer, old))
    for new in wanted:
        if new not in customer.planned:
            scene = scene.wake(GREET, _pointer(customer, new), new.due_at)
    return scene.keep_customer(replace(customer, planned=wanted))


def on_day_begun(scene: Scene, pointer: Pointer, timer_due_at: datetime) -> Scene:
    """Schedules the greeting and plans next year's, unless no desk greets; then it looks again the same day."""
    customer = None if pointer.customer_id is None else scene.customer(pointer.customer_id)
    day = None if customer is None else _day(scene, customer, pointer)
    if customer is None or day is None or scene.notice(pointer.key) is not None:
        return scene
    if day.span.starts_at > scene.now:
        return scene.wake(GREET, pointer, day.span.starts_at)
    if day.desk is None or not day.desk.rule(pointer.kind).enabled:
        again = UNTIL_A_DESK if day.desk is None else UNTIL_IT_GREETS
        return plan_greetings(scene, customer) if day.is_over else scene.wake(GREET, pointer, scene.now + again)
    greeted = replace(customer, greeted=customer.greeted | {(pointer.kind.value, pointer.number)})
    learnt_today = timer_due_at > day.span.starts_at
    due_at = scene.now if learnt_today and not day.has_window else day.span.due_at
    notice = _greeting(customer, day.desk, replace(day.span, due_at=due_at), pointer)
    planned = plan_greetings(scene, greeted).step(schedule(notice))
    return send_greeting(planned, notice) if due_at <= scene.now else planned.wake(SEND, pointer_to(notice), due_at)


def send_greeting(scene: Scene, notice: Notice) -> Scene:
    """Remembers with the customer whether it waits for their conversations to end."""
    tried = send_if_fit(scene, notice)
    after = tried.notice(notice.key)
    if notice.customer_id is None or after is None:
        return tried
    customer, year = tried.customer(notice.customer_id), Pointer(notice.key, notice.customer_id).number
    others = tuple(one for one in customer.waiting if (one.occasion, one.year) != (notice.kind.value, year))
    waits = after.life is Life.DEFERRED and after.reason == Reason.OPEN_CASE.value and after.until is not None
    mine = (Planned(notice.kind.value, year, after.until),) if waits and after.until is not None else ()
    return tried.keep_customer(replace(customer, waiting=others + mine))


def resume_waiting(scene: Scene, customer: Customer) -> Scene:
    """Nothing is open any more: if it stays so for a while, greetings that waited may go."""
    if customer.open_conversations:
        return scene
    for one in customer.waiting:
        resumed_at = min(scene.now + scene.means.quiet_before_greeting, one.due_at)
        scene = scene.wake(SEND, _pointer(customer, one), resumed_at)
    return scene


@dataclass(frozen=True, slots=True)
class _Day:
    desk: Desk | None
    span: Span
    has_window: bool
    is_over: bool


def _day(scene: Scene, customer: Customer, pointer: Pointer) -> _Day | None:
    """None where the occasion is gone from the profile, or isn't celebrated that year."""
    occasion = next((one for one in customer.profile.occasions if one.kind == pointer.kind.value), None)
    found = None if occasion is None else celebrated_on(occasion, pointer.number, scene.means.leap_day)
    if found is None:
        return None
    desk = scene.desk_files.greeter(customer.desk, pointer.kind)
    zone = _zone(scene, customer, pointer.kind)
    window = None if desk is None else read_window(desk.rule(pointer.kind).window)
    over = instant_at(found, MINUTES_A_DAY, zone) <= scene.now
    return _Day(desk, span(found, zone, window), has_window=window is not None, is_over=over)


def _wanted(scene: Scene, customer: Customer) -> Iterator[Planned]:
    for kind in GREETED:
        occasion = next((one for one in customer.profile.occasions if one.kind == kind.value), None)
        if occasion is None:
            continue
        custom = Custom(_zone(scene, customer, kind), scene.means.leap_day)
        found = next_greeting(occasion, custom, customer.greeted, scene.now)
        if found is not None:
            yield Planned(kind.value, found.year, max(found.starts_at, scene.now))


def _zone(scene: Scene, customer: Customer, kind: Kind) -> ZoneInfo:
    desk = scene.desk_files.greeter(customer.desk, kind)
    return first_zone(customer.profile.time_zone, None if desk is None else desk.time_zone)


def _pointer(customer: Customer, planned: Planned) -> Pointer:
    key = notice_key(Kind(planned.occasion), customer.customer_id, planned.year)
    return Pointer(key, customer.customer_id)


def _greeting(customer: Customer, desk: Desk, when: Span, pointer: Pointer) -> Notice:
    return Notice(
        notice_id=notice_id(pointer.key),
        key=pointer.key,
        kind=pointer.kind,
        recipient=Recipient("customer", str(customer.customer_id)),
        customer_id=customer.customer_id,
        desk=desk.slug,
        desk_version=desk.version,
        occasion=pointer.kind.value,
        template=desk.rule(pointer.kind).template or pointer.kind.value,
        locale=customer.profile.locale or desk.locale,
        due_at=when.due_at,
        expires_at=when.expires_at,
        variables={"customer_name": customer.display_name, "desk_name": desk.name},
    )
