"""From where on is a desk's history complete, when retention has cut some of its partitions?"""

from bellhop_common.events.topics import WORK
from bellhop_common.history.ports import History, Order, Selection
from bellhop_common.history.records import HistoryRecord

Era = tuple[str | None, int | None]


class CutDesks:
    """What a cut partition lost lies before its first record that is left.

    Beyond the last of those firsts of all cut partitions nothing is missing, but what was live by then began unseen.
    """

    def __init__(self, history: History) -> None:
        self._carried = False
        self._firsts: dict[Era, int] = {}
        self._any = history.facts.any_cut(WORK.name)
        if self._any:
            self._look(history)

    def whole(self, record: HistoryRecord) -> bool:
        """Whether everything of this desk before the record is in the history."""
        return not self._any and (record.epoch or 1) == 1

    def unbroken(self, record: HistoryRecord) -> bool:
        """Whether nothing between here and the desk's later records was lost."""
        return (record.desk_seq or 0) > self._firsts.get((record.desk, record.epoch), 0)

    def _look(self, history: History) -> None:
        seen: set[tuple[Era, int]] = set()
        for record in history.stream(Selection(Order.DESK, (WORK.name,), bodies=False)):
            era = (record.desk, record.epoch)
            if history.facts.cut(WORK.name, record.partition) and (era, record.partition) not in seen:
                seen.add((era, record.partition))
                self._firsts[era] = record.desk_seq or 0
