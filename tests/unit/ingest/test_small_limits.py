"""What may two arrivals at once, or a stranger's form, not do to the doors?"""

import asyncio
import hashlib
import os
import time
from pathlib import Path
from threading import Barrier

import pytest

from bellhop_ingest.adapters.doors.webhooks import form_fields
from bellhop_ingest.adapters.objects import ObjectFolder
from bellhop_ingest.domain.arrival import Attachment

LOGO = b"the same logo"
DIGEST = hashlib.sha256(LOGO).hexdigest()
ATTACHED = Attachment("logo.png", "image/png", len(LOGO), DIGEST, content=LOGO)


async def test_the_same_attachment_of_two_mails_at_once_is_stored_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = Barrier(2)
    monkeypatch.setattr(os, "fsync", lambda _: both.wait(5))
    folder = ObjectFolder(tmp_path)
    await asyncio.gather(folder.keep([ATTACHED]), folder.keep([ATTACHED]))
    path = folder.path(DIGEST)
    assert path is not None
    assert path.read_bytes() == LOGO
    assert files_in(tmp_path) == [DIGEST]


async def test_an_attachment_for_which_the_disk_has_no_room_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        await ObjectFolder(tmp_path).keep([ATTACHED])
    assert files_in(tmp_path) == []


async def test_the_folder_in_which_an_attachment_is_named_is_on_the_disk_before_it_counts_as_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []

    def sync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append((path.name, (tmp_path / DIGEST[:2] / DIGEST).exists()))

    monkeypatch.setattr(os, "fsync", sync)
    await ObjectFolder(tmp_path).keep([ATTACHED])
    assert synced[1:] == [(DIGEST[:2], True), (tmp_path.name, True)]


async def test_what_a_process_that_died_left_unfinished_is_swept_after_an_hour(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    await folder.keep([ATTACHED])
    old, new = (tmp_path / "unfinished" / name for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half a")
    an_hour_ago = time.time() - 3_601
    for path in (old, tmp_path / DIGEST[:2] / DIGEST):
        os.utime(path, (an_hour_ago, an_hour_ago))
    assert await folder.tidy() == 1
    assert files_in(tmp_path) == [DIGEST, "new"]


async def test_without_a_folder_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert [await ObjectFolder(path).tidy() for path in (None, tmp_path)] == [0, 0]


def files_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


def test_a_form_with_more_fields_than_any_provider_sends_is_not_taken_apart() -> None:
    assert len(form_fields(b"a=&" * 999 + b"a=")) == 1_000
    assert form_fields(b"a=&" * 1_000 + b"a=") == ()
