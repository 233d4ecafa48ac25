"""Where did a merged conversation go on? Merges are few; they are kept whole."""

from bellhop_common.events.topics import WORK
from bellhop_common.history.ports import History, Order, Selection


class Merges:
    """`into` may name a conversation, or the work item that survives in it."""

    def __init__(self, history: History) -> None:
        merged = history.stream(Selection(Order.PLACE, (WORK.name,), ("work.merged",)))
        self._into = {record.text("conversation_id"): record.text("into") for record in merged}
        self._home: dict[str, str] = {}
        if self._into:
            wanted = set(self._into.values())
            queued = history.stream(Selection(Order.PLACE, (WORK.name,), ("work.queued",)))
            self._home = {
                record.text("work_item_id"): record.text("conversation_id")
                for record in queued
                if record.text("work_item_id") in wanted
            }

    def leads(self, conversation: str, to: str) -> bool:
        """Whether `to` is the conversation itself or one that it was merged into, over any number of merges."""
        seen: set[str] = set()
        while conversation not in seen:
            if conversation == to:
                return True
            seen.add(conversation)
            into = self._into.get(conversation, conversation)
            conversation = self._home.get(into, into)
        return False
