"""Which services are installed, and what do they need?"""

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bellhop_common.errors import Misuse

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

    from bellhop_common.kernel.service import Service

GROUP = "bellhop.services"


def names() -> list[str]:
    return sorted(entry.name for entry in entry_points(group=GROUP))


def completed(incomplete: str) -> list[str]:
    """For a shell's completion."""
    return [name for name in names() if name.startswith(incomplete)]


Names = Annotated[list[str] | None, typer.Argument(help="Which services; all without any.", autocompletion=completed)]
"""The type of a command's `service` parameter."""


def load(name: str) -> "Service[Any, Any, Any]":
    from bellhop_common.kernel.service import Service

    found = _entry(name)
    try:
        service = found.load()()
    except ImportError as error:
        raise Misuse(f"{name} can't be loaded: {error}") from error
    if not isinstance(service, Service):
        raise Misuse(f"{found.value} gives no service")
    return service


def own_settings(name: str) -> "BaseSettings | None":
    """What may be configured of this service alone: the settings class in the module `settings` of its package."""
    from pydantic_settings import BaseSettings

    module = f"{_entry(name).module.partition('.')[0]}.settings"
    if find_spec(module) is None:
        return None
    found = vars(import_module(module)).values()
    ours = (
        one for one in found if isinstance(one, type) and issubclass(one, BaseSettings) and one.__module__ == module
    )
    settings = next(ours, None)
    return None if settings is None else settings()


def chosen(given: Sequence[str]) -> list[str]:
    """Those named, or all."""
    unknown = sorted(set(given) - set(names()))
    if unknown:
        raise Misuse(f"no service {', '.join(unknown)}; there are {', '.join(names())}")
    return list(given) or names()


def _entry(name: str) -> EntryPoint:
    found = next((entry for entry in entry_points(group=GROUP) if entry.name == name), None)
    if found is None:
        raise Misuse(f"no service {name}; there are {', '.join(names())}")
    return found
