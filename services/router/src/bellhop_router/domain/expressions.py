"""Can this CEL expression be a condition? Compiled once, every name in it known, tried on samples."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cel

Variables = Mapping[str, object]

# What CEL raises while it runs: an unknown name, a missing field, operands that don't fit.
FAILURES = (RuntimeError, LookupError, TypeError, ValueError, ArithmeticError)

_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_SELECT = re.compile(r"\b(\w+)\.(\w+)")
_BOUND = re.compile(r"\.(?:all|exists|exists_one|map|filter)\(\s*(\w+)\s*,")


@dataclass(frozen=True, slots=True)
class BadExpression:
    """Why an expression can't be a condition; `expected` says what would be right."""

    why: str
    expected: str


@lru_cache(maxsize=4_096)
def compiled(expression: str) -> cel.Program:
    return cel.compile(expression)


def given(variables: Variables) -> cel.Context:
    """Made once for all the expressions that are asked about the same thing: making it costs far more than asking."""
    return cel.Context(dict(variables))


def holds(expression: str, context: cel.Context) -> bool | None:
    """None when it broke."""
    try:
        return compiled(expression).execute(context) is True
    except FAILURES:
        return None


def check(expression: str, samples: Sequence[Variables]) -> BadExpression | None:
    """The samples' names and fields are all that there are."""
    try:
        compiled(expression)
    except FAILURES as error:
        return BadExpression(_first_line(error), "a CEL expression")
    return _unknown_name(expression, samples[0]) or _fails(expression, samples)


def _fails(expression: str, samples: Sequence[Variables]) -> BadExpression | None:
    for sample in samples:
        try:
            result = compiled(expression).execute(dict(sample))
        except FAILURES as error:
            return BadExpression(
                f"fails on the sample contact: {_first_line(error)}", "an expression that always holds"
            )
        if not isinstance(result, bool):
            return BadExpression(f"gives {type(result).__name__}", "true or false")
    return None


def _unknown_name(expression: str, known: Variables) -> BadExpression | None:
    """Also where a short circuit would hide a misspelt name from every sample."""
    bare = _STRINGS.sub("''", expression)
    names = set(compiled(expression).variables()) - set(known) - set(_BOUND.findall(bare))
    if names:
        return BadExpression(f"unknown name {min(names)!r}", f"one of {', '.join(known)}")
    for name, selected in _SELECT.findall(bare):
        fields = known.get(name)
        if isinstance(fields, Mapping) and selected not in fields:
            return BadExpression(f"unknown field {name}.{selected}", f"one of {', '.join(sorted(fields))}")
    return None


def _first_line(error: BaseException) -> str:
    text = str(error.args[0]) if error.args else type(error).__name__
    return text.splitlines()[0][:200]
