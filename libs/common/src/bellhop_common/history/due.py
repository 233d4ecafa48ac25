"""Which arithmetic says when a clock is due? The one that an installed package offers, if any does."""

from importlib.metadata import entry_points

from bellhop_common.command_line.output import complain
from bellhop_common.history.ports import DueAt

GROUP = "bellhop.history"
NAME = "due_at"


def installed_due_at() -> DueAt | None:
    """A package that can't be imported is named on stderr; its part of the rule is then not checked."""
    for entry in entry_points(group=GROUP, name=NAME):
        try:
            found: DueAt = entry.load()
        except (ImportError, AttributeError) as error:
            complain(f"{entry.value} can't be loaded: {error}", kind="warning")
        else:
            return found
    return None
