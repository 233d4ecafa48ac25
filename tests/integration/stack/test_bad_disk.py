"""What is said when the disk of the stack's folder is full, and is nothing left running?"""

import subprocess
import sys
from pathlib import Path

import pytest

from bellhop_common.errors import Misuse
from bellhop_local.stack.disk import require_space

# A disk of its own, in memory, seen by this process alone, and without room for another byte.
ON_A_FULL_DISK = """
import sys
from pathlib import Path
from bellhop_common.cli import main
from bellhop_local.faults.small_disk import filled, own_disk
folder = Path(sys.argv[1])
if why := own_disk(folder):
    sys.exit(why)
with filled(folder):
    main(["stack", "up", "--data-dir", str(folder / "stack")])
"""
# Somebody writes there all the while.
FILLED_UNDER_A_WRITER = """
import subprocess, sys, time
from pathlib import Path
from bellhop_local.faults.small_disk import filled, own_disk
folder = Path(sys.argv[1])
if why := own_disk(folder):
    sys.exit(why)
WRITER = "import sys\\nwhile True:\\n try: open(sys.argv[1], 'wb').write(bytes(2_000_000))\\n except OSError: pass"
writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder / "growing")])
while not (folder / "growing").exists():
    time.sleep(0.01)
try:
    for _ in range(300):
        with filled(folder) as really:
            assert really
finally:
    writer.kill()
"""


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path / "disk")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)  # noqa: S603 - our own
    said = " ".join(done.stderr.split())
    if "mount" in said:
        # Where no disk can be had, the same words come from the check that goes before anything is begun.
        with pytest.raises(Misuse, match=r"is full: .* needed\. Free some space\. Put the stack's folder elsewhere"):
            require_space(tmp_path, 10**18)
        return
    assert done.returncode == 2, said
    assert f"The disk that holds {tmp_path}/disk/stack" in said
    assert "is full: 0 MiB free" in said
    assert "Free some space. Put the stack's folder elsewhere with --data-dir DIR or BELLHOP_DATA_DIR=DIR." in said
    assert "Traceback" not in done.stderr


def test_a_disk_can_be_made_full_while_somebody_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FILLED_UNDER_A_WRITER, str(tmp_path / "disk")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)  # noqa: S603 - our own
    assert done.returncode == 0 or "mount" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
