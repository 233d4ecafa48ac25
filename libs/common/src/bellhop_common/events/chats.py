"""What is pushed to a customer's live chat?"""

from typing import ClassVar
from uuid import UUID

from bellhop_common.events.wire import LongText, Message


class ChatMessage(Message):
    """Text for a live socket, pushed by whichever replica holds it."""

    type_name: ClassVar[str] = "chat.message"
    notice_id: UUID
    conversation_id: UUID
    author: str
    text: LongText
