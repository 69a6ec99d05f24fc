"""The house stands: each floor imports downward only, the domain is pure, and `validate` starts on light modules."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "certgateway"

# What `certgateway validate` is made of; a heavy library in any of these costs every run of it its start.
LIGHT = ("domain", "safejson", "safexml", "engine", "fhir", "rules", "codes")
HEAVY = ("pydantic", "sqlalchemy", "fastapi", "msgspec", "fhir.resources", "starlette", "uvicorn", "alembic", "psycopg")
# What only a gateway that posts needs.
POSTING = ("httpx2", "standardwebhooks")

# A pure floor has no clock, dice, files, network, processes or foreign formats.
OUTSIDE = frozenset({"glob", "io", "logging", "os", "pathlib", "shutil", "subprocess", "tempfile", "urllib"})
WORLD = frozenset(
    {"asyncio", "http", "httpx", "multiprocessing", "requests", "select", "signal", "socket", "threading"}
)
CHANCE = frozenset({"random", "secrets", "time"})
FOREIGN = frozenset({"alembic", "fastapi", "fhir", "lxml", "msgspec", "psycopg", "pydantic", "sqlalchemy", "sqlite3"})
IMPURE = OUTSIDE | WORLD | CHANCE | FOREIGN


def present(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if importlib.util.find_spec(f"certgateway.{name}")]


def imported(tree: ast.AST) -> set[str]:
    """Top-level names of everything a module imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def clock_reads(tree: ast.AST) -> list[str]:
    """Calls such as datetime.now() or date.today(), which the list of imports cannot show."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in {"now", "utcnow", "today"}]


def test_every_floor_imports_downward_only() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", present(LIGHT))
def test_light_module_loads_nothing_heavy(name: str) -> None:
    script = f"import sys, certgateway.{name}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@pytest.mark.parametrize("name", ["app", "cli.receive", "cli.validate", "bootstrap"])
def test_only_a_gateway_that_posts_loads_a_client(name: str) -> None:
    script = f"import sys, certgateway.{name}; print(*[m for m in {POSTING!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_domain_is_pure() -> None:
    trees = {path.name: ast.parse(path.read_text()) for path in sorted((PACKAGE / "domain").glob("*.py"))}
    assert trees
    assert {name: found for name, tree in trees.items() if (found := sorted(imported(tree) & IMPURE))} == {}
    assert {name: found for name, tree in trees.items() if (found := clock_reads(tree))} == {}


def test_the_eyes_of_this_file_see() -> None:
    tree = ast.parse("import os.path\ndef f():\n    from random import choice\n    return datetime.now(UTC)\n")
    assert imported(tree) & IMPURE == {"os", "random"}
    assert clock_reads(tree) == ["now"]


def test_package_has_no_deeper_folders_than_two() -> None:
    depths = {
        Path(folder).relative_to(PACKAGE)
        for folder, _, files in os.walk(PACKAGE)
        if any(f.endswith(".py") for f in files)
    }
    assert [str(folder) for folder in depths if len(folder.parts) > 2] == []
