"""How does a process get a clock that is off? By a start that moves it, before anything else is imported.

    python -m bellhop_local.faults.shifted 3600 serve router

What asks `time` for the wall clock sees it moved; intervals, which are measured by another clock, are right.
"""

import sys
import time


def main() -> None:
    seconds = float(sys.argv.pop(1))
    shift(seconds)
    from bellhop_common.cli import main as command  # noqa: PLC0415 - only now: whoever imports the time has it moved

    command()


def shift(seconds: float) -> None:
    true_time, true_time_ns = time.time, time.time_ns
    nanoseconds = int(seconds * 1_000_000_000)
    vars(time).update(time=lambda: true_time() + seconds, time_ns=lambda: true_time_ns() + nanoseconds)


if __name__ == "__main__":
    main()
