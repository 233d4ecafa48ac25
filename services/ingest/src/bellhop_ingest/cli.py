"""Which commands does ingest add to `bellhop`? What it would make of bytes, offline."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from bellhop_common.command_line.output import JsonFlag, example

_MIB: Final = 1024 * 1024


class ChannelName(StrEnum):
    """As in `adapters.normalise`, which takes long to import."""

    EMAIL = "email"
    FORM = "form"
    CHAT = "chat"
    SMS = "sms"
    PHONE = "phone"
    WALK_IN = "walk_in"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SLACK = "slack"
    LINE = "line"
    X = "x"
    EVENT = "event"
    ASTERISK = "asterisk"
    FREESWITCH = "freeswitch"


def register(app: typer.Typer) -> None:
    app.command(
        epilog=example("bellhop normalise --json email message.eml", "bellhop normalise whatsapp webhook.json")
    )(normalise)


def normalise(
    channel: Annotated[ChannelName, typer.Argument(help="What the files came in on.", show_choices=True)],
    files: Annotated[list[Path], typer.Argument(help="One message, or one body that a provider posts, per file.")],
    entry_point: Annotated[str | None, typer.Option(help="The entry point to name; else the channel's name.")] = None,
    max_mail_mib: Annotated[int, typer.Option(help="Larger mail is refused unread.", min=1)] = 20,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Show, offline, what ingest would make of these bytes."""
    import time
    from datetime import UTC, datetime

    from bellhop_ingest.adapters.offline import judge_files
    from bellhop_ingest.domain.reception import Reception

    now = datetime.fromtimestamp(time.time(), UTC)
    reception = Reception(entry_point or channel.value, now, max_mail_bytes=max_mail_mib * _MIB)
    raise typer.Exit(judge_files(channel.value, files, reception, as_json=as_json))
