"""Does nobody take for proven what the checker didn't look at? And is a moved clock moved for everybody?"""

import subprocess
import sys
import time

from bellhop_local.faults.trial import JUDGED, unproven

SAID = """\
rule                     verdict      cases  remarks
contacts: accepted       ok              88
notices: mails           ok             325  2 in doubt
dead letters: origins    not checked      0  --poison was not given
rest: offers             ok             134
rest: commands           ok             148  not checked: 3 commands whose effect may have been there already
rest: rows               violation       12  1 violations
"""


def test_only_ok_is_ok() -> None:
    assert list(unproven(SAID)) == ["dead letters: origins", "rest: rows"]


def test_a_checker_that_said_nothing_proved_nothing() -> None:
    assert list(unproven("")) == list(JUDGED)


def test_a_moved_clock_is_moved_for_whoever_asks_the_time() -> None:
    program = "from bellhop_local.faults.shifted import shift; shift(-3600); import time; print(time.time())"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert -3610 < float(told) - time.time() < -3590
