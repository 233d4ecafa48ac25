"""Is every file still about one thing? The size rules of this tree."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
MODULES = [path for area in ("libs", "services") for path in (ROOT / area).glob("*/src/**/*.py")]


def lines_of(path: Path) -> int:
    return sum(1 for line in path.read_text().splitlines() if line.strip())


def functions() -> list[tuple[str, int]]:
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_module_is_over_300_lines_and_half_are_under_90() -> None:
    sizes = {str(path.relative_to(ROOT)): lines_of(path) for path in MODULES}
    assert {name: size for name, size in sizes.items() if size > 300} == {}
    assert median(size for size in sizes.values() if size) <= 90


def test_no_function_is_over_40_lines_and_half_are_under_8() -> None:
    sizes = functions()
    assert [found for found in sizes if found[1] > 40] == []
    assert median(size for _, size in sizes) <= 8


def test_each_module_opens_with_the_question_it_answers() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []


def test_no_suppressed_type_and_no_unfinished_mark_in_shipped_code() -> None:
    marks = ("type: " + "ignore", "TO" + "DO", "FIX" + "ME", "raise Not" + "Implemented")
    found = [f"{path.relative_to(ROOT)}: {mark}" for path in MODULES for mark in marks if mark in path.read_text()]
    assert found == []


def test_nothing_names_a_path_outside_this_tree() -> None:
    words = ("../" + "shared", "/wo" + "rk/", "/ro" + "ot/")
    suffixes = {".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".sql", ".tpl", ".txt"}
    files = [
        path
        for area in ("libs", "services", "deploy", "docs", "tests")
        for path in (ROOT / area).rglob("*")
        if path.suffix in suffixes and "fixtures" not in path.parts and ".venv" not in path.parts
    ]
    found = [f"{path.relative_to(ROOT)}: {word}" for path in files for word in words if word in path.read_text()]
    assert found == []
