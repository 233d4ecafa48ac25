"""Where everything of one local stack lies, and where what all stacks share is kept."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bellhop_local.stack.disk import Unwritable, explained, require_space

DATA_DIR = "BELLHOP_DATA_DIR"
SPACE_FOR_DATA = 256 * 2**20
SPACE_TO_GO_ON = 32 * 2**20


@dataclass(frozen=True, slots=True)
class StackFolder:
    """The paths below one data folder; making the object touches no disk."""

    root: Path

    @property
    def lock(self) -> Path:
        return self.root / "stack.lock"

    @property
    def starting(self) -> Path:
        return self.root / "starting.lock"

    @property
    def users(self) -> Path:
        return self.root / "users.lock"

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def password(self) -> Path:
        return self.root / "postgres-password"

    @property
    def servers(self) -> Path:
        return self.root / "servers"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    @property
    def owned(self) -> tuple[Path, ...]:
        """Everything the stack ever makes here: what `wipe` removes, and nothing else."""
        files = (self.lock, self.starting, self.users, self.state, self.ports, self.password)
        return (self.postgres, self.kafka, self.logs, self.servers, self.root / "cache", *files)

    def create(self) -> None:
        needed = SPACE_TO_GO_ON if self.postgres.exists() else SPACE_FOR_DATA
        with explained(self.root, needed):
            self.root.mkdir(parents=True, exist_ok=True)
            require_space(self.root, needed)
            for folder in (self.logs, self.servers):
                folder.mkdir(mode=0o700, exist_ok=True)
            self.starting.touch()


def data_folder(environ: Mapping[str, str], chosen: Path | None = None) -> StackFolder:
    """The folder chosen on the command line, else by BELLHOP_DATA_DIR, else the usual place."""
    if chosen is not None:
        return StackFolder(chosen.absolute())
    if environ.get(DATA_DIR):
        return StackFolder(Path(environ[DATA_DIR]).absolute())
    return StackFolder(_home("XDG_DATA_HOME", ".local/share", environ) / "bellhop")


def cache_folder(folder: StackFolder, environ: Mapping[str, str]) -> Path:
    """The cache that all stacks share, or one below `folder` where a home can't be written."""
    shared = _home("XDG_CACHE_HOME", ".cache", environ) / "bellhop"
    try:
        with explained(shared):
            shared.mkdir(parents=True, exist_ok=True)
    except Unwritable:
        return folder.root / "cache"
    return shared if os.access(shared, os.W_OK) else folder.root / "cache"


def _home(variable: str, below_home: str, environ: Mapping[str, str]) -> Path:
    value = environ.get(variable, "")
    if Path(value).is_absolute():
        return Path(value)
    return Path(environ.get("HOME") or Path.home()) / below_home
