"""Is a person told what to do when a folder can't be used?"""

from pathlib import Path

import pytest

from bellhop_common.errors import Misuse
from bellhop_local.stack.disk import explained, require_space
from bellhop_local.stack.layout import StackFolder, cache_folder, data_folder
from integration.stack.conftest import Bellhop

UNWRITABLE_HOME = "/sys"


def test_the_folder_on_the_command_line_goes_first(tmp_path: Path) -> None:
    environ = {"BELLHOP_DATA_DIR": "/from/setting", "XDG_DATA_HOME": "/xdg", "HOME": "/home/ana"}
    assert data_folder(environ, tmp_path).root == tmp_path
    assert data_folder(environ).root == Path("/from/setting")
    assert data_folder({"XDG_DATA_HOME": "/xdg", "HOME": "/home/ana"}).root == Path("/xdg/bellhop")
    assert data_folder({"HOME": "/home/ana"}).root == Path("/home/ana/.local/share/bellhop")


def test_a_home_that_cannot_be_written_is_named_with_the_way_around_it(bellhop: Bellhop) -> None:
    result = bellhop("stack", "up", HOME=UNWRITABLE_HOME, XDG_DATA_HOME="")
    assert result.returncode == 2
    assert "/sys/.local can't be written" in result.stderr
    assert "--data-dir DIR or BELLHOP_DATA_DIR=DIR" in result.stderr
    assert "Traceback" not in result.stderr


def test_with_its_folder_moved_the_cache_moves_along_if_it_must(tmp_path: Path) -> None:
    folder = StackFolder(tmp_path / "stack")
    assert cache_folder(folder, {"HOME": UNWRITABLE_HOME}) == tmp_path / "stack" / "cache"
    assert cache_folder(folder, {"HOME": str(tmp_path)}) == tmp_path / ".cache" / "bellhop"


def test_a_folder_that_is_a_file_is_named(bellhop: Bellhop, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = bellhop("stack", "up", "--data-dir", str(tmp_path / "file" / "stack"))
    assert result.returncode == 2
    assert "can't be written" in result.stderr


def test_too_little_space_is_told_before_anything_is_begun(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"is full: .* MiB free, 953,674,316,406 MiB needed\. Free some space"):
        require_space(tmp_path, 10**18)


def test_a_disk_that_fills_up_meanwhile_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=f"The disk that holds {tmp_path} is full"), explained(tmp_path):
        Path("/dev/full").write_text("x")
