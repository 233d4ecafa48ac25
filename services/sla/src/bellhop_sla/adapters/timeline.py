"""How is a clock drawn as a line of time? One column is a share of its life; pauses, warnings and the end show."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel
from rich.text import Text

from bellhop_sla.application.explain import Told

WIDTH = 48
RUNNING, PAUSED, AHEAD, WARNED, BREACHED, ENDED = "━", "┄", "·", "▲", "✗", "●"
_BREACH = 100
_STYLES = {"running": "green", "paused": "yellow", "met": "cyan", "cancelled": "dim", "breached": "bold red"}


class Answer(BaseModel):
    """What sla says of a conversation."""

    at: datetime
    clocks: Sequence[Told]


def lines(answer: Answer) -> Iterator[Text]:
    for clock in answer.clocks:
        yield _title(clock)
        yield _drawn(clock, answer.at)
        yield from _reasons(clock)


def _title(clock: Told) -> Text:
    state = f"{clock.state}, late" if clock.breached and clock.state in {"met", "cancelled"} else clock.state
    place = f"item {clock.cycle}, tier {clock.tier}, run {clock.run}, policy {clock.policy}@{clock.policy_version}"
    title = Text(f"{clock.metric:<22}")
    title.append(f"{state:<16}", style=_STYLES["breached"] if clock.breached else _STYLES.get(clock.state, ""))
    title.append(f"due {_clock(clock.due_at)}  ran {_length(clock.elapsed_seconds)}")
    if clock.paused_seconds:
        title.append(f"  paused {_length(clock.paused_seconds)}")
    return title.append(f"  ({place})", style="dim")


def _drawn(clock: Told, now: datetime) -> Text:
    until = max(clock.ended_at or now, clock.due_at if clock.ended_at is None else clock.started_at)
    step = max((until - clock.started_at) / WIDTH, timedelta(microseconds=1))
    columns = [_column(clock, clock.started_at + step * (number + 0.5), now) for number in range(WIDTH)]
    for one in clock.thresholds:
        if one.at <= now:
            columns[_index(one.at - clock.started_at, step)] = BREACHED if one.threshold == _BREACH else WARNED
    if clock.ended_at is not None:
        columns[-1] = ENDED
    line = Text(f"  {_clock(clock.started_at)} ")
    for sign in columns:
        line.append(sign, style=_sign_style(sign))
    return line.append(f" {_clock(until)}")


def _reasons(clock: Told) -> Iterator[Text]:
    for stretch in clock.stretches:
        if stretch.because:
            verb = "paused" if stretch.state == "paused" else "moved"
            yield Text(f"    {_clock(stretch.from_at)} {verb}: {stretch.because}", style="dim")


def _column(clock: Told, at: datetime, now: datetime) -> str:
    if at > now and clock.ended_at is None:
        return AHEAD
    state = next((one.state for one in reversed(clock.stretches) if one.from_at <= at), "running")
    return PAUSED if state == "paused" else RUNNING


def _index(since: timedelta, step: timedelta) -> int:
    return max(0, min(WIDTH - 1, since // step))


def _sign_style(sign: str) -> str:
    return {RUNNING: "green", PAUSED: "yellow", AHEAD: "dim", WARNED: "yellow", BREACHED: "bold red"}.get(sign, "cyan")


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 100_000}Z"


def _length(seconds: float) -> str:
    whole = timedelta(seconds=int(seconds))
    return f"{whole}.{int(seconds * 10) % 10}"
