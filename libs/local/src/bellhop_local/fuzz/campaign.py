"""How are all doors attacked in turn, and what is said of it?"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bellhop_common.errors import Misuse
from bellhop_local.fuzz.bout import Bout, Found, Rules, fight, together
from bellhop_local.fuzz.doors import Door
from bellhop_local.fuzz.world import world

ROUND_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Orders:
    """`seconds` for all doors together; no `doors`: all of them."""

    folder: Path
    seconds: float
    seed: int
    doors: Sequence[str] = ()


async def attack(orders: Orders, console: Console) -> Sequence[Found]:
    async with world(orders.folder, console.print) as place:
        doors = _chosen(place.doors, orders.doors)
        bouts, ends = list[Bout](), time.monotonic() + orders.seconds
        share = min(ROUND_SECONDS, orders.seconds / len(doors))
        seed = orders.seed
        while time.monotonic() < ends:
            for one in doors:
                bouts.append(await fight(one, Rules(share, seed, place.memory)))
                for found in bouts[-1].found:
                    console.print(f"seed {seed}: {found}", soft_wrap=True, highlight=False, markup=False)
            seed += 1
    console.print(_table(together(bouts)))
    return [found for bout in bouts for found in bout.found]


def _chosen(known: Mapping[str, Door], names: Sequence[str]) -> Sequence[Door]:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Misuse(f"no door {unknown[0]}; there are {', '.join(sorted(known))}")
    return [known[name] for name in names] or list(known.values())


def _table(bouts: Sequence[Bout]) -> Table:
    table = Table(title="Attacks")
    for title in ("door", "attacks", "slowest answer", "most growth", "wrong"):
        table.add_column(title, justify="left" if title == "door" else "right")
    for one in bouts:
        slowest, grown = f"{one.slowest_seconds:.2f} s", f"{one.grown_mib:.0f} MiB"
        table.add_row(one.door, f"{one.attacks:,}", slowest, grown, str(len(one.found)))
    return table
