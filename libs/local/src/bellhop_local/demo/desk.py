"""Under which desk file does the demo run? The one beside this module."""

from importlib.resources import files
from typing import Final

from ruamel.yaml import YAML

DESK: Final = "demo"


def desk_file() -> bytes:
    return (files("bellhop_local.demo") / "desk.yaml").read_bytes()


def agent_ids() -> list[str]:
    return [str(agent["id"]) for agent in YAML(typ="safe").load(desk_file())["agents"]]
