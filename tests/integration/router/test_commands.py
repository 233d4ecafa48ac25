"""Do the desk-file commands and `explain` work with a running router?"""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

from support.router_stage import EXAMPLE, Stage


async def bellhop(*arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bellhop_common", *arguments, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return process.returncode, " ".join(said.decode().split())


async def test_a_desk_file_is_applied_changed_compared_and_applied_again(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "support.yaml"
    file.write_text(EXAMPLE.read_text())
    async with stage.router() as process, process.served() as url:
        assert await bellhop("apply", str(file), "--url", url) == (0, "Desk support is at version 1.")
        assert await bellhop("diff", str(file), "--url", url) == (0, "Nothing would change on desk support.")
        file.write_text(EXAMPLE.read_text().replace("misses_to_away: 3", "misses_to_away: 5"))
        assert await bellhop("diff", str(file), "--url", url) == (0, "~ life.misses_to_away: 3 -> 5")
        assert await bellhop("apply", str(file), "--url", url) == (0, "Desk support is at version 2.")


async def test_a_waiting_item_is_explained_in_words(stage: Stage) -> None:
    conversation = uuid4()
    async with stage.router() as process, process.served() as url:
        await process.apply(EXAMPLE.read_text())
        await stage.receive(conversation)
        (queued,) = await stage.until_said(conversation, "queued")
        status, said = await bellhop("explain", str(queued["work_item_id"]), "--url", url)
        assert status == 0
        assert "is waiting in queue front, tier 1, number 1 in line" in said
        assert "12 offline" in said
        status, _ = await bellhop("explain", str(uuid4()), "--url", url)
        assert status != 0
