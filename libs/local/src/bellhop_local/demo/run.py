"""How is the whole demo put on? Servers, services, desk, the day itself, and the proof."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from rich.console import Console

from bellhop_common.errors import Wrong
from bellhop_common.history.leftovers import leftovers
from bellhop_local.demo import cast as casting
from bellhop_local.demo import live, setting
from bellhop_local.demo.cast import Cast
from bellhop_local.demo.customers import Correspondents
from bellhop_local.demo.doors import Addresses, Doors
from bellhop_local.demo.happenings import Happening
from bellhop_local.demo.ledger import Ledger
from bellhop_local.demo.play import Play, Stage
from bellhop_local.demo.script import write_script
from bellhop_local.demo.setting import SECRET, House, Scene
from bellhop_local.demo.summary import table
from bellhop_local.demo.tally import Tally
from bellhop_local.demo.watcher import Hear, Watcher, ignore

CALM_SECONDS: Final = 2.0
ONE_OF_EACH: Final = House()

Clock = Callable[[], float]
Beside = Callable[[Scene, Clock], Coroutine[object, object, None]]
Afterwards = Callable[[Scene], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True)
class Options:
    """`seconds` of arrivals; `keep` leaves everything running afterwards; `patience` seconds for it to become quiet."""

    folder: Path
    seconds: float = 60.0
    seed: int = 1
    keep: bool = False
    house: House = ONE_OF_EACH
    patience: float = 30.0


class Demo:
    """`beside` runs while messages arrive, and is waited for; `hear` gets each event once.

    When it is over, `tally` is what came of it, `proof` what the checker said, `statuses` how the services ended, and
    `failures` what its people couldn't do.
    `afterwards` may look at the topics once the services have ended and the servers haven't.
    """

    def __init__(self, options: Options, console: Console, beside: Beside | None = None, hear: Hear = ignore) -> None:
        self._options = options
        self._console = console
        self._beside = beside or _nothing
        self._also_hear = hear
        self.afterwards: Afterwards = _nothing_more
        self.tally = Tally()
        self.proof = ""
        self.statuses: Mapping[str, int | None] = {}
        self.failures: Sequence[str] = ()
        self._ledger = Ledger()
        self._cast: Cast | None = None
        self._began = 0.0
        self._over = False

    async def run(self) -> bool:
        """True if the checker found nothing."""
        async with setting.scene(self._options.folder, self._console.print, _now, self._options.house) as scene:
            watcher = Watcher(scene.kafka_bootstrap, scene.topic_prefix, self._hear)
            self.tally = watcher.tally
            async with watcher.watching(), self._doors(scene) as doors:
                await self._day(scene, doors, watcher)
                self._console.print()
                self._console.print(table(watcher.tally))
            if not self._options.keep:
                # So that nothing is on its way any more while the proof is read.
                self.statuses = await scene.services.stop()
            good = await self._prove(scene)
            await self.afterwards(scene)
            if self._options.keep:
                await setting.stay(scene, self._console)
        return good

    async def _day(self, scene: Scene, doors: Doors, watcher: Watcher) -> None:
        self._cast = Cast(doors, scene.url("router"), self._options.seed, _now)
        await self._cast.arrive()
        await casting.announce_birthdays(doors, _now())
        script = write_script(self._options.seconds, self._options.seed)
        await casting.plant_poison(doors, self._ledger)
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(live.show(watcher.tally, self._console, self._seconds, self._ended))
            group.create_task(self._cast.stay(self._ended))
            group.create_task(self._correspondents(scene, doors).run(self._nobody_writes))
            stage = Stage(doors, self._ledger, scene.url("ingest"), _now, _now())
            beside = group.create_task(self._beside(scene, self._seconds))
            await Play(stage).run(script, self._seconds)
            await beside
            await self._settle(scene, watcher)
            self._over = True
        await self._cast.leave()
        self.failures = self._cast.failures

    async def _settle(self, scene: Scene, watcher: Watcher) -> None:
        """Until nothing is open or left in a table, and nothing new came for a moment, but not for ever."""
        deadline = self._seconds() + self._options.patience
        calm_since = None
        while self._seconds() < deadline:
            if not watcher.tally.quiet or any(one.rows for one in await leftovers(scene.postgres_dsn)):
                calm_since = None
            elif calm_since is None:
                calm_since = self._seconds()
            elif self._seconds() - calm_since > CALM_SECONDS:
                return
            await asyncio.sleep(0.2)

    async def _prove(self, scene: Scene) -> bool:
        listings = self._ledger.write(scene.folder, scene.sink.mails)
        options = [word for name, path in listings.items() for word in (f"--{name}", str(path))]
        command = (sys.executable, "-m", "bellhop_common", "check-history", "--bootstrap", scene.kafka_bootstrap)
        more = ("--prefix", scene.topic_prefix, "--postgres", scene.postgres_dsn, "--at-rest", *options)
        self._console.print("\n[bold]The proof[/bold]: bellhop check-history --at-rest, over all topics")
        process = await asyncio.create_subprocess_exec(*command, *more, stdout=asyncio.subprocess.PIPE)
        said, _ = await process.communicate()
        self.proof = said.decode()
        self._console.print(self.proof, end="", soft_wrap=True, highlight=False, markup=False)
        return process.returncode == 0

    def _hear(self, one: Happening) -> None:
        self._also_hear(one)
        for agent in () if self._cast is None else self._cast.agents:
            agent.hear(one)

    def _correspondents(self, scene: Scene, doors: Doors) -> Correspondents:
        async def send(raw: bytes, sender: str, named: str) -> None:
            await doors.mail(raw, sender, to=_recipient(raw))
            self._ledger.accepted.append(("help-mail", named))

        return Correspondents(scene.sink, send, Random(self._options.seed), _now)

    @asynccontextmanager
    async def _doors(self, scene: Scene) -> AsyncIterator[Doors]:
        addresses = Addresses(
            ingest=scene.url("ingest"),
            lmtp_port=scene.services.ports["lmtp"],
            kafka_bootstrap=scene.kafka_bootstrap,
            topic_prefix=scene.topic_prefix,
            secret=SECRET,
        )
        async with AsyncExitStack() as stack:
            yield await stack.enter_async_context(Doors(addresses))

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _ended(self) -> bool:
        return self._over

    def _nobody_writes(self) -> bool:
        """So that the day comes to an end, nobody writes back after its last regular arrival."""
        return self._over or self._seconds() > self._options.seconds


async def _nothing(_scene: Scene, _clock: Clock) -> None:
    return


async def _nothing_more(_scene: Scene) -> None:
    return


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _recipient(raw: bytes) -> str:
    line = next(line for line in raw.decode("utf-8", "replace").splitlines() if line.startswith("To: "))
    return line.removeprefix("To: ").strip()


def play(options: Options, console: Console) -> None:
    """Raises `Wrong` if the checker found a violation, or an agent couldn't do their work."""
    demo = Demo(options, console)
    if not asyncio.run(demo.run()):
        raise Wrong("the history of the demo has violations")
    if demo.failures:
        raise Wrong("; ".join(demo.failures))
