"""May this notice go out now? Asked when it is due, with what is known then; the first objection counts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bellhop_notifier.domain.conversations import Conversation
from bellhop_notifier.domain.customers import Customer
from bellhop_notifier.domain.desks import NoticeRule
from bellhop_notifier.domain.notice import Kind, Notice, NoticeClass, Reason
from bellhop_notifier.domain.occasions import LeapDay, celebrated_on
from bellhop_notifier.domain.windows import first_zone, is_open, next_opening, read_window


@dataclass(frozen=True, slots=True)
class Situation:
    """`rule` and `desk_zone` are the desk's of this moment. No customer: somebody we only have an address of."""

    notice: Notice
    customer: Customer | None
    conversation: Conversation | None
    rule: NoticeRule
    desk_zone: str
    leap_day: LeapDay = LeapDay.FEB_28


@dataclass(frozen=True, slots=True)
class Fit:
    pass


@dataclass(frozen=True, slots=True)
class Suppress:
    reason: Reason


@dataclass(frozen=True, slots=True)
class Expire:
    pass


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    reason: Reason


Verdict: TypeAlias = Fit | Suppress | Expire | Wait


def judge(situation: Situation, now: datetime) -> Verdict:
    """Answers to what somebody wrote are stopped by little; what we send unasked, by everything."""
    expires_at = situation.notice.expires_at
    if expires_at is not None and expires_at <= now:
        return Expire()
    for reason in _objections(situation, now):
        return Suppress(reason)
    if _held_up(situation):
        return Wait(expires_at or now, Reason.OPEN_CASE)
    return _in_window(situation, now)


def _objections(situation: Situation, now: datetime) -> Iterator[Reason]:
    checks = _ALWAYS if situation.notice.class_ is NoticeClass.TRANSACTIONAL else _ALWAYS + _UNASKED
    yield from (reason for applies, reason in checks if applies(situation))
    if situation.notice.kind is Kind.BIRTHDAY and not _still_today(situation, now):
        yield Reason.SUPERSEDED


def _is_erased(situation: Situation) -> bool:
    return situation.customer is not None and situation.customer.profile.status == "erased"


def _is_disabled(situation: Situation) -> bool:
    return situation.notice.kind is not Kind.REPLY and not situation.rule.enabled


def _is_deceased(situation: Situation) -> bool:
    return situation.customer is not None and situation.customer.profile.deceased


def _must_not_contact(situation: Situation) -> bool:
    return situation.customer is not None and situation.customer.profile.do_not_contact


def _has_opted_out(situation: Situation) -> bool:
    customer, class_ = situation.customer, situation.notice.class_.value
    return customer is not None and (class_ in customer.opted_out or customer.profile.opted_out(class_))


def _is_threatened(situation: Situation) -> bool:
    if situation.notice.class_ is not NoticeClass.RELATIONSHIP:
        return False
    if situation.conversation is not None:
        return situation.conversation.threat
    customer = situation.customer
    return customer is not None and bool(customer.threats)


def _is_superseded(situation: Situation) -> bool:
    """The conversation went on, or the person lives on under another record."""
    customer, conversation = situation.customer, situation.conversation
    if customer is not None and customer.profile.status == "merged" and situation.notice.kind is Kind.BIRTHDAY:
        return True
    if conversation is None or situation.notice.class_ is not NoticeClass.RELATIONSHIP:
        return False
    return conversation.is_open or conversation.cycle != situation.notice.cycle


def _has_open_case(situation: Situation) -> bool:
    return _may_not_be_greeted(situation) and situation.rule.open_case != "wait"


_ALWAYS: tuple[tuple[Callable[[Situation], bool], Reason], ...] = (
    (_is_erased, Reason.ERASED),
    (_is_disabled, Reason.DISABLED),
)
_UNASKED: tuple[tuple[Callable[[Situation], bool], Reason], ...] = (
    (_is_deceased, Reason.DECEASED),
    (_must_not_contact, Reason.DO_NOT_CONTACT),
    (_has_opted_out, Reason.OPTED_OUT),
    (_is_threatened, Reason.THREAT),
    (_is_superseded, Reason.SUPERSEDED),
    (_has_open_case, Reason.OPEN_CASE),
)


def _may_not_be_greeted(situation: Situation) -> bool:
    customer = situation.customer
    return situation.notice.kind is Kind.BIRTHDAY and customer is not None and bool(customer.open_conversations)


def _held_up(situation: Situation) -> bool:
    return _may_not_be_greeted(situation) and situation.rule.open_case == "wait"


def _still_today(situation: Situation, now: datetime) -> bool:
    """The date may have been corrected, or taken away, since the greeting was scheduled."""
    customer = situation.customer
    if customer is None:
        return False
    today = now.astimezone(first_zone(customer.profile.time_zone, situation.desk_zone)).date()
    return any(
        occasion.kind == situation.notice.occasion and celebrated_on(occasion, today.year, situation.leap_day) == today
        for occasion in customer.profile.occasions
    )


def _in_window(situation: Situation, now: datetime) -> Verdict:
    window = read_window(situation.rule.window)
    if window is None or situation.notice.class_ is NoticeClass.TRANSACTIONAL:
        return Fit()
    customer = situation.customer
    zone = first_zone(None if customer is None else customer.profile.time_zone, situation.desk_zone)
    if is_open(window, now, zone):
        return Fit()
    opening, expires_at = next_opening(window, now, zone), situation.notice.expires_at
    if expires_at is not None and opening >= expires_at:
        return Expire()
    return Wait(opening, Reason.QUIET_HOURS)
