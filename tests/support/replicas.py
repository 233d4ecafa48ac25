"""How do tests run several toys as processes of their own, and hurt them?"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parent.parent
SESSION = 1.5


@dataclass(slots=True)
class Replica:
    process: "subprocess.Popen[bytes]"
    log: Path

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def freeze(self) -> None:
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5)

    def stop(self, within: float = 60.0) -> int:
        """Politely; the exit status."""
        self.process.terminate()
        return self.process.wait(within)

    def said(self, action: str) -> list[Mapping[str, object]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("action") == action]


@dataclass(slots=True)
class Toys:
    """All replicas of one toy; `settings` are environment variables without their prefix."""

    folder: Path
    settings: Mapping[str, str]
    replicas: list[Replica] = field(default_factory=list)

    def start(self, **more: str) -> Replica:
        named = {**self.settings, **more}
        environment = {
            **os.environ,
            **{f"BELLHOP_TOY_{name.upper()}": value for name, value in named.items()},
            "PYTHONPATH": str(TESTS),
        }
        log = self.folder / f"toy-{len(self.replicas)}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen([sys.executable, "-m", "support.toy.main"], env=environment, stderr=stream)
        replica = Replica(process, log)
        self.replicas.append(replica)
        return replica

    def started(self, count: int = 1, within: float = 120.0) -> None:
        """Waits until so many of those that run have said that they started."""
        until = time.monotonic() + within
        while sum(1 for one in self.replicas if one.process.poll() is None and one.said("started")) < count:
            if time.monotonic() > until:
                raise AssertionError(self.replicas[-1].log.read_text()[-2000:])
            time.sleep(0.05)


@contextmanager
def toys(folder: Path, settings: Mapping[str, str]) -> Iterator[Toys]:
    """None is left when the test ends, however it ends."""
    found = Toys(folder, {"session_timeout": str(SESSION), "port": "0", **settings})
    try:
        yield found
    finally:
        for replica in found.replicas:
            if replica.process.poll() is None:
                replica.thaw()
                replica.kill()
