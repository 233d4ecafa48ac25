"""What is written down about a day with faults? One page of Markdown."""

from collections.abc import Iterator

from bellhop_local.demo.summary import figures
from bellhop_local.faults.trial import Outcome


def report(outcome: Outcome) -> str:
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    plan, tally = outcome.plan, outcome.tally
    yield f"# {plan.seconds / 60:.1f} minutes of arrivals with {len(outcome.suffered)} faults, seed {plan.seed}"
    yield ""
    yield "**Nothing wrong.**" if not outcome.wrong else "**Wrong:** " + "; ".join(outcome.wrong)
    yield ""
    yield f"Repeats on the topics: {tally.repeats}. Dead letters: {tally.dead_letters}."
    yield from ("", "## Faults", "", "| at | what | for | ready again after |", "|---|---|---|---|")
    for one in outcome.suffered:
        again = "never" if one.recovered_after is None else f"{one.recovered_after:.1f} s"
        yield f"| {one.at:.1f} s | {one.fault.title} | {one.fault.lasts:.1f} s | {again} |"
    yield from ("", "## Longest silences", "", "| conversation | seconds | after | before |", "|---|---|---|---|")
    yield from (f"| {one.key} | {one.seconds:.1f} | {one.after} | {one.before} |" for one in outcome.silences)
    yield from ("", "## Figures", "", "| | |", "|---|---|")
    yield from (f"| {one.name} | {one.value} |" for one in figures(tally))
    yield from ("", "## The checker", "", "```", outcome.proof.rstrip(), "```")
