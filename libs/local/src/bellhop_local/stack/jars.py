"""Which jars Kafka needs, and how they come onto this machine unharmed.

The resolver checks nothing against a lock (it took a truncated jar), so every jar is fetched into a
temporary folder, compared with the SHA-256 committed beside this module, and only then moved.
"""

import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import requests
from jgo.maven import MavenContext

from bellhop_common.errors import NotReachable, Wrong
from bellhop_local.stack.certificates import usual_certificates
from bellhop_local.stack.disk import MOVE_CACHE_HINT, explained, require_space
from bellhop_local.stack.lock import one_at_a_time
from bellhop_local.stack.progress import Reporter

SPACE_FOR_JARS = 128 * 2**20
_ATTEMPTS = 2
_TIMEOUT = 60
_UNFINISHED = ".fetching-"


@dataclass(frozen=True, slots=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def path(self, repository: Path) -> Path:
        return repository.joinpath(*self.group.split("."), self.artifact, self.version, self.name)


Resolve = Callable[[Jar, Path], Path]
"""Put a jar below a repository folder and say where it is."""


class WrongJar(Wrong):
    """What was fetched, twice, is not what the lock says it must be."""

    def __init__(self, jar: Jar, got: str) -> None:
        super().__init__(
            f"{jar.group}:{jar.name} was fetched twice and both times its SHA-256 was not the one "
            f"of the lock file: expected {jar.sha256}, got {got}. Nothing of it was kept."
        )
        self.jar = jar
        self.got = got


def locked_jars() -> tuple[Jar, ...]:
    lock = resources.files("bellhop_local.stack").joinpath("kafka.lock.toml").read_text()
    return tuple(
        Jar(entry["groupId"], entry["artifactId"], entry["version"], entry["sha256"])
        for entry in tomllib.loads(lock)["dependencies"]
    )


def digest_of_lock(jars: tuple[Jar, ...]) -> str:
    return hashlib.sha256("".join(jar.sha256 for jar in jars).encode()).hexdigest()[:12]


def resolve_online(jar: Jar, repository: Path) -> Path:
    with usual_certificates():
        return _resolve(jar, MavenContext(repo_cache=repository, timeout=_TIMEOUT))


def resolve_offline(jar: Jar, repository: Path) -> Path:
    return _resolve(jar, MavenContext(repo_cache=repository, offline=True))


def ensure_jars(cache: Path, reporter: Reporter, fetch: Resolve = resolve_online) -> list[Path]:
    """Every jar of the lock, fetched if it is absent or damaged; without network if none is."""
    jars, repository = locked_jars(), cache / "jars"
    with explained(cache, SPACE_FOR_JARS, MOVE_CACHE_HINT):
        repository.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(repository / ".lock"):
            absent = [jar for jar in jars if not is_intact(jar, jar.path(repository))]
            if absent:
                require_space(cache, SPACE_FOR_JARS, MOVE_CACHE_HINT)
                _fetch_all(absent, repository, reporter, fetch)
    return [resolve_offline(jar, repository) for jar in jars]


def is_intact(jar: Jar, path: Path) -> bool:
    return path.is_file() and sha256(path) == jar.sha256


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_all(absent: list[Jar], repository: Path, reporter: Reporter, fetch: Resolve) -> None:
    for abandoned in repository.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(abandoned)
    with (
        reporter.counting("Fetching Kafka", len(absent)) as step_done,
        tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=repository) as folder,
    ):
        for jar in absent:
            _fetch_one(jar, Path(folder), repository, fetch)
            step_done(jar.name)


def _fetch_one(jar: Jar, folder: Path, repository: Path, fetch: Resolve) -> None:
    got = ""
    for attempt in range(_ATTEMPTS):
        fetched = fetch(jar, folder / str(attempt))
        got = sha256(fetched)
        if got == jar.sha256:
            target = jar.path(repository)
            target.parent.mkdir(parents=True, exist_ok=True)
            fetched.replace(target)
            return
    raise WrongJar(jar, got)


def _resolve(jar: Jar, context: MavenContext) -> Path:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return component.artifact().resolve()
    except (requests.RequestException, RuntimeError) as error:
        address = ", ".join(context.remote_repos.values())
        raise NotReachable(f"The repository of {jar.name}", address, str(error)) from error
