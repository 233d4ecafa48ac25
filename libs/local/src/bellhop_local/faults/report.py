"""What is written down about a day with faults? One page of Markdown."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from bellhop_local.demo.summary import figures
from bellhop_local.faults.harms import Harm
from bellhop_local.faults.trial import Outcome
from bellhop_local.faults.trouble import Suffered


def report(outcome: Outcome) -> str:
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    plan, tally = outcome.plan, outcome.tally
    yield f"# {plan.seconds / 60:.1f} minutes of arrivals with {len(outcome.suffered)} faults, seed {plan.seed}"
    yield ""
    yield "**Nothing wrong.**" if not outcome.wrong else "**Wrong:** " + "; ".join(outcome.wrong)
    yield ""
    yield f"Repeats on the topics: {tally.repeats}. Dead letters: {tally.dead_letters}. No timer is known to have fired"
    yield "ahead of its inputs." if not outcome.wrong else "ahead of its inputs, unless it is named above."
    yield from (f"\n**Left out**: {said}" for said in plan.left_out)
    yield from ("", "## Recovery by fault", "", "| what | times | ready again: median | worst |", "|---|---|---|---|")
    yield from _by_harm(outcome.suffered)
    yield from ("", "## Faults", "", "| at | what | for | ready again after |", "|---|---|---|---|")
    for one in outcome.suffered:
        yield f"| {one.at:.1f} s | {one.fault.title} | {one.fault.lasts:.1f} s | {_again(one)} |"
    yield from ("", "## Longest silences", "", "| conversation | seconds | after | before |", "|---|---|---|---|")
    yield from (f"| {one.key} | {one.seconds:.1f} | {one.after} | {one.before} |" for one in outcome.silences)
    yield from ("", "## Figures", "", "| | |", "|---|---|")
    yield from (f"| {one.name} | {one.value} |" for one in figures(tally))
    yield from ("", "## The checker", "", "```", outcome.proof.rstrip(), "```")


def _again(one: Suffered) -> str:
    if not one.came:
        return "its moment never came"
    return "never" if one.recovered_after is None else f"{one.recovered_after:.1f} s"


def _by_harm(suffered: Sequence[Suffered]) -> Iterator[str]:
    times: defaultdict[Harm, list[float]] = defaultdict(list)
    for one in suffered:
        if one.came and one.recovered_after is not None:
            times[one.fault.harm].append(one.recovered_after)
    for harm in (harm for harm in Harm if harm in times):
        yield f"| {harm} | {len(times[harm])} | {median(times[harm]):.1f} s | {max(times[harm]):.1f} s |"
