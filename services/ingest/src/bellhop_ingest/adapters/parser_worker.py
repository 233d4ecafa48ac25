"""What does a parser process do? It reads jobs until its owner is gone, each within a limit of time and memory.

Run as `python -m bellhop_ingest.adapters.parser_worker` by `parser_process`, never by hand.
"""

import gc
import logging
import math
import os
import resource
import sys
from typing import BinaryIO, Final

from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.adapters.parser_frames import Job, read_job, write_outcomes
from bellhop_ingest.adapters.unreadable import BROKEN, unreadable
from bellhop_ingest.domain.outcomes import Outcome

MEMORY_FOR_PARSING: Final = 170 * 1024 * 1024


def main() -> None:
    """The answers get a descriptor of their own, so that nothing a library prints can spoil them."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        logging.disable(logging.CRITICAL)
        _limit_memory()
        _answer((), answers)
        while (job := read_job(sys.stdin.buffer)) is not None:
            _limit_cpu(job.cpu_seconds)
            _answer(_work(job), answers)
            del job
            gc.collect()


def _answer(outcomes: tuple[Outcome, ...], answers: BinaryIO) -> None:
    write_outcomes(outcomes, answers)
    answers.flush()


def _work(job: Job) -> tuple[Outcome, ...]:
    """What no normaliser foresaw ends here as an answer too; anything else ends this process, and its owner answers."""
    try:
        return normalise(job.channel, job.raw, job.reception)
    except BROKEN as error:
        cause = type(error).__name__
    return (unreadable(job.channel, job.raw, job.reception, cause),)


def _limit_memory() -> None:
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - a kernel file, not a path of ours
        pages = int(statm.read().split()[0])
    most = pages * resource.getpagesize() + MEMORY_FOR_PARSING
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_cpu(seconds: int) -> None:
    """The limit counts from the start of the process; reaching it kills the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


if __name__ == "__main__":
    main()
