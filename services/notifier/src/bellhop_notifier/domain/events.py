"""What does the notifier tell others, beside the lives of notices?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from bellhop_notifier.domain.notice import NoticeEvent


@dataclass(frozen=True, slots=True)
class ChatText:
    """To be pushed to a live chat."""

    notice_id: UUID
    conversation_id: UUID
    desk: str
    desk_version: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class AddressMarked:
    """An address of a customer turned out to be bad."""

    command_id: UUID
    issued_at: datetime
    customer_id: UUID
    handle_kind: str
    address: str
    state: Literal["bouncing", "dead"]


@dataclass(frozen=True, slots=True)
class CustomerFlagged:
    command_id: UUID
    issued_at: datetime
    customer_id: UUID
    flag: str


Event: TypeAlias = NoticeEvent | ChatText | AddressMarked | CustomerFlagged
