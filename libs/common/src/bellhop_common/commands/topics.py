"""bellhop topics: make the topics of the catalogue, or say how the broker's differ."""

import asyncio

import typer

from bellhop_common.command_line.output import JsonFlag
from bellhop_common.commands.telling import tell
from bellhop_common.errors import Wrong


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The topics: partitions, retention, compaction.", no_args_is_help=True)
    group.command("apply", epilog="Example: bellhop topics apply")(apply)
    group.command("check", epilog="Example: bellhop topics check")(check)
    app.add_typer(group, name="topics")


def apply(*, as_json: JsonFlag = False) -> None:
    """Make missing topics, and set what differs; partition counts are never changed."""
    from bellhop_common.events.topics import CATALOGUE
    from bellhop_common.messaging import topic_admin
    from bellhop_common.settings import load_settings

    settings = load_settings("common")
    wanted = topic_admin.wanted(CATALOGUE, settings.topic_prefix)
    made = asyncio.run(topic_admin.apply(settings.kafka_bootstrap, wanted, settings.topic_replication))
    for name in made:
        tell({"topic": name, "made": True}, f"made {name}", as_json=as_json)
    _fail_on_differences(as_json=as_json)


def check(*, as_json: JsonFlag = False) -> None:
    """Say what differs from the catalogue."""
    _fail_on_differences(as_json=as_json)


def _fail_on_differences(*, as_json: bool) -> None:
    from bellhop_common.events.topics import CATALOGUE
    from bellhop_common.messaging import topic_admin
    from bellhop_common.settings import load_settings

    settings = load_settings("common")
    wanted = topic_admin.wanted(CATALOGUE, settings.topic_prefix)
    found = asyncio.run(topic_admin.differences(settings.kafka_bootstrap, wanted))
    for one in found:
        told = {"topic": one.topic.name, "what": one.what, "expected": one.expected, "actual": one.actual}
        tell(told, str(one), as_json=as_json)
    if found:
        raise Wrong(f"{len(found)} differences; `bellhop topics apply` sets what can be set")
