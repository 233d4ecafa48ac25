"""bellhop templates: what will a notice look like, and does every template render in every locale?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, emit, example, say, show
from bellhop_common.errors import Misuse, Wrong

if TYPE_CHECKING:
    from bellhop_notifier.adapters.templates import Templates
    from bellhop_notifier.domain.mail import Rendered

Folder = Annotated[Path | None, typer.Option("--templates", help="A folder whose templates go before the built-in.")]


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="The words of notices.", no_args_is_help=True)
    group.command("preview", epilog=example("bellhop templates preview birthday --locale bg"))(preview)
    group.command("check", epilog=example("bellhop templates check --templates ours"))(check)
    app.add_typer(group, name="templates")


def preview(
    notice: Annotated[str, typer.Argument(help="Such as birthday or thank-you; a wrong one lists all.")],
    *,
    locale: Annotated[str, typer.Option(help="A language tag, such as bg or bg-BG.")] = "en",
    output: Annotated[Path | None, typer.Option(help="Where the HTML goes; NOTICE.LOCALE.html by default.")] = None,
    templates: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Render a notice with invented facts: the text to the screen, the HTML to a file."""
    rendered = _render(_open(templates), notice, locale)
    if as_json:
        emit(rendered)
        return
    target = output or Path(f"{notice}.{locale}.html")
    target.write_text(rendered.html)
    show(f"Subject: {rendered.subject}\n\n{rendered.text}")
    say(f"the HTML is in {target}")


def check(*, templates: Folder = None, as_json: JsonFlag = False) -> None:
    """Render every notice in every locale; exit with 1 if any can't be, or is missing in a locale."""
    from bellhop_notifier.adapters.templates import VARIABLES

    known, wrong = _open(templates), 0
    for locale in known.locales():
        for notice in VARIABLES:
            error = _problem(known, notice, locale)
            wrong += error is not None
            if as_json:
                emit({"notice": notice, "locale": locale, "error": error})
            elif error is not None:
                show(f"{locale}/{notice}: {error}")
    if wrong:
        raise Wrong(f"{wrong} templates can't be used")
    say(f"{len(VARIABLES)} notices render in {', '.join(known.locales())}")


def _problem(known: "Templates", notice: str, locale: str) -> str | None:
    from jinja2 import TemplateNotFound

    from bellhop_notifier.adapters.templates import VARIABLES, BadTemplate

    if notice not in known.notices(locale):
        return "missing"
    try:
        known.mail(notice, locale, VARIABLES[notice])
        known.short(notice, locale, VARIABLES[notice])
    except BadTemplate as error:
        return str(error)
    except TemplateNotFound as error:
        return f"{error.message} is missing"
    return None


def _render(known: "Templates", notice: str, locale: str) -> "Rendered":
    from jinja2 import TemplateNotFound

    from bellhop_notifier.adapters.templates import VARIABLES, BadTemplate

    if notice not in VARIABLES:
        raise Misuse(f"no notice {notice!r}; there are {', '.join(VARIABLES)}")
    try:
        return known.mail(notice, locale, VARIABLES[notice])
    except (BadTemplate, TemplateNotFound) as error:
        raise Wrong(str(error)) from error


def _open(folder: Path | None) -> "Templates":
    from bellhop_notifier.adapters.templates import Templates

    if folder is not None and not folder.is_dir():
        raise Misuse(f"{folder} is no folder")
    return Templates(() if folder is None else (folder,))
