"""Is each mistake in a desk file told where it stands, by the command and by the router, and is nothing applied?"""

import re
from pathlib import Path

import pytest

from bellhop_common.cli import main
from support.desk_mistakes import MISTAKES, TEXT
from support.router_stage import Process

PLACE = re.compile(r":(\d+):(\d+): .*got .*, expected .+")


def planted(mistake: str) -> str:
    right, wrong, _ = MISTAKES[mistake]
    return TEXT.replace(right, wrong, 1)


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_the_command_says_file_line_value_and_what_would_be_right(
    mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "support.yaml"
    file.write_text(planted(mistake))
    with pytest.raises(SystemExit) as ended:
        main(["check", str(file)])
    said = capsys.readouterr()
    assert ended.value.code == 1
    lines = " ".join(said.out.split())
    assert MISTAKES[mistake][2] in lines
    assert "support.yaml:" in lines
    assert PLACE.search(lines), lines
    assert "Traceback" not in said.err


async def test_the_router_says_the_same_of_each_and_applies_none(process: Process) -> None:
    for mistake, (_, _, expected) in MISTAKES.items():
        answer = await process.apply(planted(mistake), 1)
        errors = answer.json()["errors"]
        assert answer.status_code == 422, mistake
        assert any(expected in one["told"] for one in errors), (mistake, errors)
        assert all(one["line"] >= 1 and one["column"] >= 1 for one in errors)
    shown = await process.http.get("/v1/desks/support")
    assert shown.headers["etag"] == '"1"'


# Each line is nine of the one before: a few bytes that unfold into millions.
LAUGHS = b"a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
    b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 9)) for name in b"bcdefgh"
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xff\xfe", "got bytes that aren't UTF-8, expected UTF-8 text"),
        (b"", "got nothing, expected a mapping"),
        (b'name: "a\\0b"\n', "name: got 'a\\x00b', expected text without NUL and half characters"),
        (b'name: "\\ud800"\n', "name: got '\\ud800', expected text without NUL and half characters"),
        (b"a: 2026-02-30", "got YAML that can't be read ('2026-02-30': day is out of range for month)"),
        (b"a: " + b"1" * 5_000, "got YAML that can't be read ('1111"),
        (b"a: 1" + b"0" * 30, "a: got a number beyond 64 bits, expected a number of at most 18 digits"),
        (b"? [a]\n: 1", "got YAML that can't be read (a mapping with a key that is a list or a mapping)"),
        (b"a: " + b"[" * 3_000, "got values inside values without end, expected a few levels"),
        (
            LAUGHS + b"z: !!timestamp [*h]",
            "got YAML that can't be read (a list or mapping with a tag of something else)",
        ),
        (LAUGHS, "got aliases that unfold without end or into more than 200000 values"),
        (b"x" * 1_000_000, "got 1000000 bytes, expected at most 200000"),
    ],
    ids=[
        "no UTF-8",
        "empty",
        "NUL",
        "half a character",
        "no such day",
        "digits",
        "beyond",
        "key",
        "deep",
        "tagged",
        "endless",
        "1 MB",
    ],
)
async def test_bytes_that_are_no_desk_file_are_told_so(process: Process, raw: bytes, expected: str) -> None:
    headers = {"Idempotency-Key": "bad", "If-Match": '"1"'}
    answer = await process.http.put("/v1/desks/support", content=raw, headers=headers)
    assert answer.status_code == 422
    assert expected in answer.json()["errors"][0]["told"]


@pytest.mark.parametrize("version", ["²", "9" * 5_000, "latest", ""])
async def test_a_version_that_is_none_is_told_so(process: Process, version: str) -> None:
    headers = {b"Idempotency-Key": b"bad", b"If-Match": version.encode()}
    answer = await process.http.put("/v1/desks/support", content=TEXT.encode(), headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (400, "If-Match isn't a version")
