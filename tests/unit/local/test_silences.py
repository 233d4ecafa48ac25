"""Is the longest wait between two events of a conversation found, and only while somebody waited?"""

from datetime import UTC, datetime

from bellhop_local.demo.happenings import Happening
from bellhop_local.faults.silences import Silence, Silences

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def heard(*told: tuple[str, str, float]) -> list[Silence]:
    silences = Silences()
    for key, name, seconds in told:
        silences.hear(Happening("work.v1", f"work.{name}", "", key, NOON, {}, int(seconds * 1000)))
    return list(silences.worst())


def test_the_longest_first() -> None:
    assert heard(("a", "queued", 0), ("b", "queued", 0), ("a", "offered", 2), ("b", "offered", 1)) == [
        Silence("a", 2.0, "work.queued", "work.offered"),
        Silence("b", 1.0, "work.queued", "work.offered"),
    ]


def test_nobody_waits_between_the_end_and_a_new_beginning() -> None:
    told = [("a", "queued", 0), ("a", "resolved", 1), ("a", "wrap-up-ended", 50), ("a", "reopened", 90)]
    assert heard(*told) == [Silence("a", 1.0, "work.queued", "work.resolved")]
