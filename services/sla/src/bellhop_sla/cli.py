"""Which commands does sla add to `bellhop`? The clocks of a conversation, and what a calendar observes."""

from typing import Annotated
from uuid import UUID

import typer

from bellhop_common.addresses import http_url
from bellhop_common.command_line.checking import checked
from bellhop_common.command_line.output import JsonFlag, emit, example, show

_Url = Annotated[
    str | None, typer.Option("--url", help="Where sla answers; BELLHOP_SLA_URL.", callback=checked(http_url))
]


def register(app: typer.Typer) -> None:
    sla = typer.Typer(help="Look at the clocks of a conversation.", no_args_is_help=True)
    sla.command(name="explain", epilog=example("bellhop sla explain 0198c5f2-7a51-7c11-9a53-0c1d2e3f4a5b"))(explain)
    app.add_typer(sla, name="sla")
    calendar = typer.Typer(help="Look at business calendars.", no_args_is_help=True)
    calendar.command(name="show", epilog=example("bellhop calendar show office --year 2027"))(show_calendar)
    app.add_typer(calendar, name="calendar")


def explain(
    conversation: Annotated[UUID, typer.Argument(help="The conversation's id.")],
    url: _Url = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Every clock of a conversation as a line of time: running, paused, moved, warned, met or breached."""
    import orjson
    from rich.console import Console

    from bellhop_sla.adapters.timeline import Answer, lines

    body = _ask(f"/v1/conversations/{conversation}/clocks", {}, url)
    if as_json:
        for clock in orjson.loads(body)["clocks"]:
            emit(clock)
        return
    answer = Answer.model_validate_json(body)
    console = Console(highlight=False)
    for line in lines(answer):
        console.print(line, soft_wrap=True)
    if not answer.clocks:
        show("No policy gives this conversation a clock.")


def show_calendar(
    name: Annotated[str, typer.Argument(help="The calendar's name in the desk file.")],
    desk: Annotated[str | None, typer.Option(help="Whose calendar, where several desks have one of that name.")] = None,
    year: Annotated[int | None, typer.Option(help="Which year's holidays; by default this one's.")] = None,
    url: _Url = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Hours, holidays and own dates of a calendar, as sla counts them."""
    from bellhop_sla.adapters.http import CalendarShown

    parameters = {"desk": desk, "year": None if year is None else str(year)}
    given = {key: value for key, value in parameters.items() if value is not None}
    shown = CalendarShown.model_validate_json(_ask(f"/v1/calendars/{name}", given, url))
    if as_json:
        emit(shown)
        return
    show(f"{shown.name} of desk {shown.desk}, version {shown.version}, {shown.time_zone}")
    show(f"hours   {shown.hours}")
    show(f"{shown.year}    {shown.open_seconds / 3600:.2f} hours open")
    for holiday in shown.holidays:
        show(f"  {holiday.date:%Y-%m-%d %a}  {holiday.name}")
    for closed in shown.closed:
        show(f"  {closed}  closed")


def _ask(path: str, parameters: dict[str, str], url: str | None) -> bytes:
    from bellhop_sla.adapters.client import get
    from bellhop_sla.settings import SlaSettings

    settings = SlaSettings()
    token = None if settings.token is None else settings.token.get_secret_value()
    return get(url or settings.url, path, parameters, token)
