"""What may two arrivals at once, or a stranger's form, not do to the doors?"""

import asyncio
import hashlib
import os
from pathlib import Path
from threading import Barrier

import pytest

from bellhop_ingest.adapters.doors.webhooks import form_fields
from bellhop_ingest.adapters.objects import ObjectFolder
from bellhop_ingest.domain.arrival import Attachment

LOGO = b"the same logo"
DIGEST = hashlib.sha256(LOGO).hexdigest()


async def test_the_same_attachment_of_two_mails_at_once_is_stored_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = Barrier(2)
    monkeypatch.setattr(os, "fsync", lambda _: both.wait(5))
    folder = ObjectFolder(tmp_path)
    logo = Attachment("logo.png", "image/png", len(LOGO), DIGEST, content=LOGO)
    await asyncio.gather(folder.keep([logo]), folder.keep([logo]))
    path = folder.path(DIGEST)
    assert path is not None
    assert path.read_bytes() == LOGO
    assert [one.name for one in path.parent.iterdir()] == [DIGEST]


def test_a_form_with_more_fields_than_any_provider_sends_is_not_taken_apart() -> None:
    assert len(form_fields(b"a=&" * 999 + b"a=")) == 1_000
    assert form_fields(b"a=&" * 1_000 + b"a=") == ()
