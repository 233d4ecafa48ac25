"""Does what somebody asks for fit into the events that would tell of it?"""

from typing import Final

from pydantic import BaseModel

from bellhop_common.events import commands
from bellhop_common.events.desks import DeskFile
from bellhop_common.postgres.outbox import MAX_EVENT_BYTES

MOST_BYTES: Final = MAX_EVENT_BYTES - 100 * 1024
"""As JSON. The rest of an event is for what we add: whose work it is, the contact, the load."""
MOST_ENTRIES: Final = 100


def too_large(command: commands.Command) -> str | None:
    """Which field, what came, what would be right; None where it fits."""
    if isinstance(command, commands.WorkReply):
        for name, entries in (("cc", command.cc), ("attachments", command.attachments)):
            if len(entries) > MOST_ENTRIES:
                return f"{name}: got {len(entries)}, expected at most {MOST_ENTRIES}"
    field = "text" if "text" in type(command).model_fields else "command"
    return _over(field, command)


def file_too_large(file: DeskFile) -> str | None:
    """The agents of a desk file are told of one by one, the rest at once."""
    for number, agent in enumerate(file.agents or ()):
        if (found := _over(f"agents[{number}]", agent)) is not None:
            return found
    return _over("desk file without agents", file.model_copy(update={"agents": None}))


def _over(field: str, what: BaseModel) -> str | None:
    size = len(what.model_dump_json(exclude_unset=True).encode())
    return None if size <= MOST_BYTES else f"{field}: got {size} bytes as JSON, expected at most {MOST_BYTES}"
