"""Is each contact queued, joined or does it reopen, exactly once, where it belongs, and is none left out?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from bellhop_common.events.topics import CONTACT, WORK
from bellhop_common.history.ports import History, Listing, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.rules.merges import Merges
from bellhop_common.history.verdicts import Findings, Verdict, not_checked

_DEDUPE_HORIZON = timedelta(days=8)
"""For so long at least a provider's repeat is known as one."""

_RECEIVED = "contact.received"
_TAKEN_UP = ("work.queued", "work.contact-added")


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    yield _taken_up(history)
    yield _received_once(history)
    yield _accepted(history)


def _taken_up(history: History) -> Verdict:
    findings = Findings("contacts", "taken up")
    merges = Merges(history)
    streamed = history.stream(Selection(Order.SUBJECT, (CONTACT.name, WORK.name), (_RECEIVED, *_TAKEN_UP)))
    for _, group in groupby(streamed, key=lambda record: record.subject):
        _one_contact(findings, history, merges, _without_repeats(group))
    return findings.verdict()


def _one_contact(findings: Findings, history: History, merges: Merges, records: list[HistoryRecord]) -> None:
    received = [record for record in records if record.type == _RECEIVED]
    taken = [record for record in records if record.type != _RECEIVED]
    if not received:
        _never_received(findings, history, taken)
        return
    if len({record.epoch for record in records}) > 1:
        findings.skip("contacts that were taken up on both sides of a restore")
        return
    if not taken and _excused(findings, history, received[0]):
        return
    findings.case()
    if not taken:
        findings.wrong(f"contact {received[0].subject} is neither queued nor joined", received[0])
    elif len(taken) > 1:
        findings.wrong(f"contact {received[0].subject} is taken up {len(taken)} times", *received, *taken)
    elif not merges.leads(received[0].text("conversation_id"), taken[0].text("conversation_id")):
        findings.wrong("a contact is taken up in another conversation", received[0], taken[0])


def _never_received(findings: Findings, history: History, taken: list[HistoryRecord]) -> None:
    if history.facts.any_cut(CONTACT.name) or CONTACT.name not in history.facts.extents:
        findings.skip("contacts that may have been received before the log begins")
        return
    findings.case()
    findings.wrong(f"contact {taken[0].subject} is taken up, but was never received", *taken)


def _excused(findings: Findings, history: History, received: HistoryRecord) -> bool:
    """Work on it may have been cut, it may be on its way, or a person has to look at it first."""
    origin = f"{history.facts.prefix}.{received.place}"
    if any(letter.topic == f"{CONTACT.name}.router.dead-letter" for letter in history.referring_to(origin)):
        findings.skip("contacts that the router dead-lettered")
    elif history.facts.any_cut(WORK.name):
        findings.skip("contacts whose work may have been before the log begins")
    elif received.appended_at > history.facts.settled_at():
        findings.skip("contacts that came just before the end")
    else:
        return False
    return True


def _received_once(history: History) -> Verdict:
    findings = Findings("contacts", "received once")
    streamed = history.stream(Selection(Order.REFERENCE, (CONTACT.name,), (_RECEIVED,)))
    for _, group in groupby(streamed, key=lambda record: record.reference):
        findings.case()
        last: HistoryRecord | None = None
        for record in sorted(_without_repeats(group), key=lambda one: (one.epoch or 0, _received_at(one))):
            if (
                last is not None
                and last.epoch == record.epoch
                and _received_at(record) - _received_at(last) < _DEDUPE_HORIZON
            ):
                findings.wrong("one arrival was received twice", last, record)
            last = record
    return findings.verdict()


def _received_at(record: HistoryRecord) -> datetime:
    return record.instant("received_at") or record.at


def _accepted(history: History) -> Verdict:
    listed = history.listed(Listing.ACCEPTED)
    if listed is None:
        return not_checked("contacts", "accepted", "--accepted was not given")
    findings = Findings("contacts", "accepted")
    for one in listed:
        known = history.referring_to(one.reference)
        contacts = {record.subject: record for record in known if record.topic == CONTACT.name}
        if not contacts and history.facts.any_cut(CONTACT.name):
            findings.skip("inputs that may have been received before the log begins")
            continue
        findings.case()
        if len(contacts) != 1:
            told = "lost" if not contacts else f"there {len(contacts)} times"
            findings.wrong(f"accepted input {one.reference} is {told}", *contacts.values())
    return findings.verdict()


def _without_repeats(records: Iterator[HistoryRecord]) -> list[HistoryRecord]:
    firsts: dict[str, HistoryRecord] = {}
    for record in records:
        firsts.setdefault(record.id, record)
    return list(firsts.values())


RULE = Rule("contacts", (CONTACT.name, WORK.name), check)
