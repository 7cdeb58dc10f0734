"""The direction of imports inside the engine is a rule (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "syftr_like"

MAY_IMPORT = {
    "testing": set(),
    "contracts": set(),
    "statistics": {"contracts"},
    "space": {"contracts", "yaml_source", "yaml_builder"},
    "dataset": {"contracts"},
    "search": {"contracts", "space", "statistics"},
    "cache": {"contracts"},
    "flow": {"cache", "contracts", "space"},
    "results": {"contracts", "search", "statistics"},
    "evaluation": {"contracts", "flow", "statistics", "dataset"},
    "ledger": {"contracts", "evaluation", "results"},
    "execution": {"cache", "contracts", "evaluation", "flow", "ledger", "space"},
    "catalogue": {"contracts"},
    "catalogue_page": {"catalogue", "contracts"},
    "yaml_source": {"contracts", "yaml_builder"},
    "yaml_builder": set(),
    "front": {"results", "search", "statistics"},
    "report": {
        "contracts",
        "front",
        "ledger",
        "results",
        "search",
        "space",
        "statistics",
        "yaml_source",
    },
    "planning": {
        "contracts",
        "evaluation",
        "flow",
        "results",
        "search",
        "space",
        "statistics",
        "study",
    },
    "tracking": {
        "contracts",
        "dataset",
        "flow",
        "ledger",
        "report",
        "results",
        "space",
        "statistics",
    },
}
"""Package or module to what it may import beside `errors` and itself; `study` and `cli`: all."""

KNOWS = {
    "ray": {"execution"},
    "mlflow": {"tracking"},
    "optuna": {"search"},
    "sqlalchemy": {"ledger"},
    "pymoo": {"search", "statistics"},
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.level == 0:
                found.add(node.module)
            elif ENGINE in path.parents and node.level == len(path.relative_to(ENGINE).parts):
                found.add(f"syftr_like.{node.module}")
    return found


def modules() -> list[tuple[str, Path]]:
    pairs = []
    for path in sorted(ENGINE.rglob("*.py")):
        part = path.relative_to(ENGINE).parts[0].removesuffix(".py")
        pairs.append((part, path))
    return pairs


@pytest.mark.parametrize(("part", "path"), modules(), ids=lambda v: str(v).split("syftr_like/")[-1])
def test_a_module_imports_only_what_lies_below_it(part: str, path: Path) -> None:
    allowed = MAY_IMPORT.get(part)
    for name in imports(path):
        top = name.split(".")[0]
        if top in KNOWS:
            assert part in KNOWS[top], f"{path} imports {name}"
        if allowed is None or not name.startswith("syftr_like."):
            continue
        imported = name.split(".")[1]
        assert imported in {part, "errors", *allowed}, f"{path} imports {name}"
    assert not any(
        n.startswith(("syftr_like.components", "syftr_like.evaluators", "components", "evaluators"))
        for n in imports(path)
    ), f"{path} imports the catalogue by name"


@pytest.mark.parametrize("folder", ["components", "evaluators"])
def test_the_catalogue_imports_only_the_engines_contracts(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for name in imports(path):
            if name.startswith("syftr_like."):
                assert name.split(".")[1] in {"contracts", "errors"}, f"{path} imports {name}"


def test_no_file_is_past_500_lines() -> None:
    folders = [
        ENGINE,
        ROOT / "components",
        ROOT / "evaluators",
        ROOT / "tests",
        ROOT / "benchmarks",
    ]
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in folders
        for path in folder.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert not long
