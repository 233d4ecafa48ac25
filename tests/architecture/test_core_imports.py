"""Does the core reach for anything but plain values? An allow-list over the import graph."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("ingest", "router", "sla", "notifier")
STDLIB = frozenset(
    [
        "__future__",
        "bisect",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "math",
        "re",
        "typing",
        "zoneinfo",
    ]
)
LIBRARIES = frozenset({"cel", "dateutil", "holidays", "immutables", "opening_hours"})
KERNEL = frozenset({"bellhop_common.ids", "bellhop_common.decision", "bellhop_common.tokens"})


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: relative import"
            found |= {"uuid.uuid4"} if node.module == "uuid" and _makes_random(node) else {node.module}
    return found


def _makes_random(node: ast.ImportFrom) -> bool:
    return bool({name.name for name in node.names} - {"UUID", "uuid5"})


def allowed(module: str, service: str) -> bool:
    top = module.partition(".")[0]
    return (
        top in STDLIB
        or top in LIBRARIES
        or module == "uuid"
        or module in KERNEL
        or module.startswith(f"bellhop_{service}.domain")
    )


@pytest.mark.parametrize("service", SERVICES)
def test_the_core_imports_only_plain_values(service: str) -> None:
    files = list((ROOT / f"services/{service}/src/bellhop_{service}/domain").rglob("*.py"))
    assert len(files) > 1
    foreign = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in files
        for module in imports_of(path)
        if not allowed(module, service)
    }
    assert foreign == set()


def test_a_random_id_in_the_core_would_be_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("from uuid import uuid4\nimport secrets\n")
    assert {module for module in imports_of(planted) if not allowed(module, "router")} == {"uuid.uuid4", "secrets"}


def test_the_allow_list_names_only_modules_of_the_standard_library() -> None:
    assert set(sys.stdlib_module_names) >= STDLIB
