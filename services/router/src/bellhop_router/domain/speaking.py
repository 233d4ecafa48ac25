"""What may an agent say on an item? Replies, notes, promises, threats, flags."""

from dataclasses import replace

from bellhop_router.domain.contacts import contact_facts
from bellhop_router.domain.events import (
    Author,
    Flagged,
    Noted,
    Promised,
    PromiseKept,
    Replied,
    ReplyFailed,
    ThreatReported,
)
from bellhop_router.domain.inputs import Flag, KeepPromise, Note, NoticeLost, Promise, Reply, ReportThreat
from bellhop_router.domain.names import AgentId
from bellhop_router.domain.refusals import Refusal, already_done
from bellhop_router.domain.turn import Turn
from bellhop_router.domain.work import Assigned, WorkItem

AUTHORS = {"agent": "person", "supervisor": "person", "bot": "bot"}


def reply(turn: Turn, item: WorkItem, ask: Reply) -> Refusal | None:
    if ask.reply_id in item.replies:
        return already_done(f"reply {ask.reply_id} was sent before")
    kind = AUTHORS.get(turn.actor.kind, "system")
    author = Author(kind, AgentId(turn.actor.id) if kind != "system" else None)
    item = turn.put(replace(_touched(item), replies=(*item.replies, ask.reply_id)))
    turn.say(
        Replied(
            about=turn.about(item),
            contact=contact_facts(item),
            reply_id=ask.reply_id,
            author=author,
            reply=ask.reply,
            replied_at=turn.now,
        )
    )
    return None


def note(turn: Turn, item: WorkItem, ask: Note) -> None:
    item = turn.put(_touched(item))
    turn.say(Noted(about=turn.about(item), text=ask.text))


def promise(turn: Turn, item: WorkItem, ask: Promise) -> Refusal | None:
    if ask.promise_id in item.promises:
        return already_done(f"promise {ask.promise_id} was made before")
    item = turn.put(replace(_touched(item), promises=(*item.promises, ask.promise_id)))
    turn.say(Promised(about=turn.about(item), promise_id=ask.promise_id, by_at=ask.by_at, text=ask.text))
    return None


def keep_promise(turn: Turn, item: WorkItem, ask: KeepPromise) -> Refusal | None:
    if ask.promise_id not in item.promises:
        return Refusal("unknown-promise", f"no open promise {ask.promise_id} on this work item")
    left = tuple(each for each in item.promises if each != ask.promise_id)
    item = turn.put(replace(item, promises=left))
    turn.say(PromiseKept(about=turn.about(item), promise_id=ask.promise_id))
    return None


def report_threat(turn: Turn, item: WorkItem, ask: ReportThreat) -> None:
    turn.say(ThreatReported(about=turn.about(item), kind=ask.kind))


def flag(turn: Turn, item: WorkItem, ask: Flag) -> Refusal | None:
    if (ask.flag in item.flags) == ask.on:
        return already_done(f"flag {ask.flag} is {'on' if ask.on else 'off'} already")
    others = tuple(each for each in item.flags if each != ask.flag)
    item = turn.put(replace(item, flags=(*others, ask.flag) if ask.on else others))
    turn.say(Flagged(about=turn.about(item), flag=ask.flag, on=ask.on))
    return None


def lost(turn: Turn, item: WorkItem, notice: NoticeLost) -> None:
    """The customer never got it: once per reply, and only while there is still somebody to act on it."""
    if notice.reply_id not in item.replies:
        return
    left = tuple(each for each in item.replies if each != notice.reply_id)
    item = turn.put(replace(item, replies=left))
    turn.say(ReplyFailed(about=turn.about(item), reply_id=notice.reply_id, error_class=notice.error_class))


def _touched(item: WorkItem) -> WorkItem:
    return replace(item, step=replace(item.step, touched=True)) if isinstance(item.step, Assigned) else item
