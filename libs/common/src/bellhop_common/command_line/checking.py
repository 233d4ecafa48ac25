"""How does an option refuse a value that can't be right, before anything is done?"""

from collections.abc import Callable

import typer


def checked(check: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """A callback for an option; `check` returns the value to use, or raises `ValueError` with what is expected."""

    def callback(value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return check(value)
        except ValueError as error:
            raise typer.BadParameter(f"{error}, got {value!r}") from error

    return callback
