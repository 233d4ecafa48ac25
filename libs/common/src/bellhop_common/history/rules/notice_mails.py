"""Did exactly those mails arrive that were sent? By Message-ID, against what a mail sink kept."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby

from bellhop_common.events.topics import NOTICE
from bellhop_common.history.ports import History, Listing, Order, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.verdicts import Findings, Verdict, not_checked

Seen = tuple[str, HistoryRecord | None]
_IN_DOUBT = "in-doubt"


def check(history: History) -> Verdict:
    arrived = history.listed(Listing.SINK)
    if arrived is None:
        return not_checked("notices", "mails", "--sink was not given")
    findings = Findings("notices", "mails")
    doubtful = _given_up(history)
    in_doubt = len(doubtful)
    mails: Iterator[Seen] = ((one.reference, None) for one in arrived)
    both = merge(mails, _sent(findings, history), key=lambda seen: seen[0])
    for message_id, group in groupby(both, key=lambda seen: seen[0]):
        in_doubt += _one_mail(findings, message_id, doubtful, [record for _, record in group])
    return findings.verdict(note=f"{in_doubt} in doubt" if in_doubt else "")


def _sent(findings: Findings, history: History) -> Iterator[Seen]:
    seen: set[str] = set()
    last = ""
    for record in history.stream(Selection(Order.REFERENCE, (NOTICE.name,), ("notice.sent",))):
        if record.reference != last:
            seen.clear()
        last = record.reference or ""
        if not last:
            findings.skip("sent mails without their Message-ID")
        elif record.id not in seen:
            seen.add(record.id)
            yield last, record


def _one_mail(findings: Findings, message_id: str, doubtful: frozenset[str], seen: list[HistoryRecord | None]) -> int:
    """What was sent again after a lapsed lease, or given up in doubt, may have arrived any number of times."""
    findings.case()
    sent = [record for record in seen if record is not None]
    arrived = len(seen) - len(sent)
    if any(record.on("in_doubt") for record in sent) or _notice_of(message_id) in doubtful:
        return int(bool(sent))
    if not sent:
        findings.wrong(f"mail {message_id} arrived, and no notice says that it was sent")
    elif len(sent) != arrived:
        findings.wrong(f"mail {message_id} was sent {len(sent)} times and arrived {arrived} times", *sent)
    return 0


def _given_up(history: History) -> frozenset[str]:
    failed = history.stream(Selection(Order.PLACE, (NOTICE.name,), ("notice.failed",)))
    doubtful = (record for record in failed if record.on("in_doubt") or record.text("reason") == _IN_DOUBT)
    return frozenset(record.text("notice_id") for record in doubtful)


def _notice_of(message_id: str) -> str:
    """Our Message-IDs are `notice_id.token@domain`."""
    return message_id.partition("@")[0].partition(".")[0]
