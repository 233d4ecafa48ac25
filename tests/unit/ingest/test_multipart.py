"""Is a form with files that can't be read told from one that there is no room for?"""

import tempfile
from pathlib import Path

import pytest

from bellhop_common.http.problems import Problem
from bellhop_common.postgres.errors import Outage
from bellhop_ingest.adapters.doors.multipart import filled_in

KIND = "multipart/form-data; boundary=B"
# More than a mebibyte goes through a temporary file.
LARGE = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"x" * 1_100_000 + b"\r\n--B--\r\n"


def test_a_file_that_no_disk_has_room_for_is_an_outage_and_no_fault_of_the_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [len(one.content) for one in filled_in(KIND, LARGE).files] == [1_100_000]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(Outage, match="FileError"):
        filled_in(KIND, LARGE)


def test_a_form_that_ends_nowhere_is_a_bad_request() -> None:
    with pytest.raises(Problem) as told:
        filled_in(KIND, b"--B\r\nno header at all\r\n\r\n")
    assert told.value.status == 400
