"""How is YAML 1.2 read so that each value in it that can't be read is told with its place?"""

from typing import Final

from ruamel.yaml import YAML, Node
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.nodes import MappingNode, ScalarNode

from bellhop_router.adapters.findings import shortened

MAPPING: Final = "tag:yaml.org,2002:map"
SEQUENCE: Final = "tag:yaml.org,2002:seq"


class _Constructor(RoundTripConstructor):
    """Where a value isn't what its look or its tag says, the library raises whatever its reading of it raised."""

    def construct_object(self, node: Node, deep: bool = False) -> object:  # noqa: FBT001, FBT002 - as ruamel has it
        problem = _problem(node)
        if problem:
            raise ConstructorError(problem=problem, problem_mark=node.start_mark)
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, ArithmeticError, AttributeError, LookupError, TypeError) as error:
            told = f"{shown(node.value)}: {shortened(str(error))}"
            raise ConstructorError(problem=told, problem_mark=node.start_mark) from error


def _problem(node: Node) -> str:
    """Parts are read later, where nobody hears of an error; told in full, a few lines of aliases are millions."""
    if isinstance(node, ScalarNode):
        return "a single value where its tag says a mapping" if node.tag == MAPPING else ""
    if node.tag != (MAPPING if isinstance(node, MappingNode) else SEQUENCE):
        return "a list or mapping with a tag of something else"
    if isinstance(node, MappingNode) and not all(isinstance(key, ScalarNode) for key, _ in node.value):
        return "a mapping with a key that is a list or a mapping"
    return ""


def strict_yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    yaml.version = (1, 2)
    yaml.allow_duplicate_keys = False
    return yaml


def shown(value: object) -> str:
    """An int of thousands of digits has no text in Python."""
    return shortened(repr(value)) if not isinstance(value, int) or is_storable(value) else "a number beyond 64 bits"


def is_storable(number: int) -> bool:
    return -(2**63) <= number < 2**63
