"""What does the outside see of queues and agents? Whole states, queues at most once a second each."""

from dataclasses import replace
from datetime import timedelta

from bellhop_common.decision import Subject
from bellhop_router.domain.desk import Ages, Board
from bellhop_router.domain.events import Offered, QueueChanged
from bellhop_router.domain.names import QueueName
from bellhop_router.domain.queues import EMPTY, EPOCH, MICROSECOND
from bellhop_router.domain.turn import Turn, next_version

PERIOD = timedelta(seconds=1)
SMOOTHING = 0.2


def announce(turn: Turn, before: Ages) -> None:
    """Says the new state of every agent and queue that this turn changed."""
    for agent_id in sorted(turn.unsaid):
        turn.say_agent(agent_id)
    _learn_waits(turn)
    for queue in sorted(turn.desk.ages):
        if turn.desk.ages[queue] is not before.get(queue):
            _say_or_wait(turn, queue)


def say_queue(turn: Turn, queue: QueueName) -> None:
    """The period is over: say what has changed meanwhile."""
    board = turn.desk.boards.get(queue)
    if board is not None and board.stale:
        _say(turn, queue, board)


def queue_subject(desk: str, queue: QueueName) -> Subject:
    return Subject("queue", f"{desk}/{queue}")


def _say_or_wait(turn: Turn, queue: QueueName) -> None:
    board = turn.desk.boards.get(queue, Board())
    if board.said_at is None or turn.now - board.said_at >= PERIOD:
        _say(turn, queue, board)
    elif not board.stale:
        _keep(turn, queue, replace(board, stale=True))
        turn.wake("queue", queue_subject(turn.desk.id, queue), board.said_at + PERIOD)


def _say(turn: Turn, queue: QueueName, board: Board) -> None:
    board = replace(board, version=next_version(board.version, turn.now), said_at=turn.now, stale=False)
    _keep(turn, queue, board)
    ages = turn.desk.ages.get(queue, EMPTY)
    turn.say(
        QueueChanged(
            desk=turn.desk.id,
            desk_version=turn.policy.version,
            queue=queue,
            version=board.version,
            waiting=len(ages),
            oldest_at=None if ages.first is None else EPOCH + ages.first[0] * MICROSECOND,
            expected_wait=board.mean_wait,
        )
    )


def _learn_waits(turn: Turn) -> None:
    """A smoothed mean of how long items waited until they were offered."""
    for event in turn.events:
        if isinstance(event, Offered):
            board = turn.desk.boards.get(event.about.queue, Board())
            waited = event.placed.waited_seconds
            mean = waited if board.mean_wait is None else board.mean_wait + SMOOTHING * (waited - board.mean_wait)
            _keep(turn, event.about.queue, replace(board, mean_wait=round(mean, 3)))


def _keep(turn: Turn, queue: QueueName, board: Board) -> None:
    desk = turn.desk
    touched = desk.touched.set(("queue", f"{desk.id}/{queue}"), None)
    turn.desk = replace(desk, boards=desk.boards.set(queue, board), touched=touched)
