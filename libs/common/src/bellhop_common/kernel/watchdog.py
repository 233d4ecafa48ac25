"""Is this process stuck? It has records to handle, Kafka answers, and yet nothing moves."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer


@dataclass(frozen=True, slots=True)
class Signs:
    """`lag` in records; `still_for` in seconds since the last progress; `dead` names tasks that ended."""

    lag: int
    still_for: float
    dead: tuple[str, ...] = ()


def verdict(signs: Signs, patience: float) -> str | None:
    """Why the process must end, or None. Without lag there is nothing to move."""
    if signs.dead:
        return f"ended unasked: {', '.join(signs.dead)}"
    if signs.lag > 0 and signs.still_for > patience:
        return f"{signs.lag} records wait, and none was handled for {signs.still_for:.0f} s"
    return None


def dead_tasks(client: AIOKafkaConsumer) -> Iterable[str]:
    """The client goes on heart-beating when these are gone, and never says so."""
    fetcher = getattr(client, "_fetcher", None)
    coordinator = getattr(client, "_coordinator", None)
    for name, owner, attribute in (
        ("fetcher", fetcher, "_fetch_task"),
        ("coordinator", coordinator, "_coordination_task"),
    ):
        task = getattr(owner, attribute, None)
        if task is not None and task.done():
            yield name
