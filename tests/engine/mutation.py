"""Whether the engine's tests notice a change of the engine: `python -m tests.engine.mutation --count N --seed S`.

Each mutant is the engine with one place changed, drawn by seeded dice: a comparison, a condition, `and` and `or`, a
number, a text, what is returned, a statement left out, a sum, the bound of a slice. A file is drawn by its number of
statements, then a place in it. The engine's tests run on each mutant, those that kill soonest first; a test that fails
or hangs kills it. Printed are the survivors with file, line and change, and how many of how many were killed.

The checkout is never changed: all happens in a copy in a folder of its own. Peers are asked about files of FHIRPath
only, and tests of how long something takes are left out, since they would kill by chance. Not mutated are annotations,
docstrings, imports, `__all__`, what an exception says, and `cache.py`, whose job is not to be noticed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import resource
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ENGINE: Final = Path("certgateway/engine")
COPIED: Final = ("certgateway", "tests", "tools", "fixtures", "fhir-profiles", "schemas", "docs", "pyproject.toml")
BESIDE: Final = ROOT.parent / "shared"
"""HL7's files, where they lie; the copy has them beside it as the checkout has."""
MODULES: Final = Path("tools/node/peers/node_modules")
"""npm's peers, where `make peers` has put them; the copy has a link to them."""
LEFT_OUT: Final = frozenset({"cache.py", "__init__.py"})
FIRST: Final = ("hl7_agreement", "cases", "resource_peers", "quick_conditions", "answers", "general", "quick_tests")
NAMED: Final = 5
"""Letters by which a test file is known to be about a file of the engine or its package."""
ASKING: Final = frozenset({"questionnaires", "codefilters"})
"""Packages and files of the engine that test_answers.py is about too."""
PEERS: Final = "test_fhirpath_peers.py"
CHOSEN: Final = "not test_a_peer_takes and not half_a_second and not linear and not cheap"
SILENCE: Final = 120
"""Seconds without a test's end after which a mutant is taken to hang; no sound test takes ten alone."""
MEMORY: Final = 6 * 1024**3
OTHER: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """One change of one file of the engine."""

    file: str
    line: int
    before: str
    after: str

    def diff(self) -> str:
        told = unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=0)
        return "\n".join(list(told)[3:])


def drawn(dice: Random) -> Iterator[Mutant]:
    """Mutants without end, no two the same."""
    engine = ROOT / ENGINE
    sources = {str(path.relative_to(engine)): path.read_text() for path in sorted(engine.rglob("*.py"))}
    trees = {name: ast.parse(text) for name, text in sources.items() if Path(name).name not in LEFT_OUT}
    weights = [sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) for tree in trees.values()]
    places = {name: list(changes(tree)) for name, tree in trees.items()}
    seen: set[tuple[str, str]] = set()
    while True:
        name = dice.choices(list(trees), weights)[0]
        if not places[name]:
            continue
        node, changed = dice.choice(places[name])
        after = spliced(sources[name], node, changed)
        if (name, after) not in seen and ast.dump(ast.parse(after)) != ast.dump(trees[name]):
            seen.add((name, after))
            yield Mutant(name, node.lineno, sources[name], after)


Change = tuple[ast.expr | ast.stmt, str]


def changes(node: ast.AST) -> Iterator[Change]:
    """Every place below a node with what may stand there instead."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr)) or _is_for_types_only(node):
        return
    if isinstance(node, ast.Raise):
        yield node, "pass"
        return
    if isinstance(node, (ast.expr, ast.stmt)):
        for changed in _instead(node):
            yield node, changed
    for condition in _conditions(node):
        yield from ((condition, forced) for forced in ("True", "False", f"(not ({ast.unparse(condition)}))"))
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _says_nothing(child):
                yield from changes(child)


def spliced(source: str, node: ast.expr | ast.stmt, changed: str) -> str:
    """The source with a node's own text exchanged; columns of the tree count bytes."""
    lines = source.encode().splitlines(keepends=True)
    begin = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: (node.end_lineno or node.lineno) - 1])) + (node.end_col_offset or 0)
    whole = b"".join(lines)
    return (whole[:begin] + changed.encode() + whole[end:]).decode()


def _is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _says_nothing(node: ast.AST) -> bool:
    """A docstring, or the names that a module gives out."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case _:
            return False


def _conditions(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test):
            return [test]
        case ast.comprehension(ifs=tests):
            return tests
        case _:
            return []


def _instead(node: ast.expr | ast.stmt) -> Iterator[str]:
    yield from _statement_instead(node) if isinstance(node, ast.stmt) else _value_instead(node)
    if operator := _operator_instead(node):
        yield f"({operator})"


def _operator_instead(node: ast.expr | ast.stmt) -> str:
    turned = copy.copy(node)
    match turned:
        case ast.Compare(ops=[kind]):
            turned.ops = [OTHER[type(kind)]()]
        case ast.BoolOp(op=kind):
            turned.op = ast.Or() if isinstance(kind, ast.And) else ast.And()
        case ast.BinOp(op=(ast.Add() | ast.Sub()) as kind):
            turned.op = ast.Sub() if isinstance(kind, ast.Add) else ast.Add()
        case ast.UnaryOp(op=ast.Not()):
            return ast.unparse(turned.operand)
        case _:
            return ""
    return ast.unparse(turned)


def _value_instead(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield from (f"({value + 1})", f"({value - 1})")
        case ast.Constant(value=str(value)):
            yield repr(value + "-other")
        case ast.Subscript(slice=ast.Slice(lower=lower, upper=upper) as bounds):
            for shorter in (
                lower and ast.Slice(None, upper, bounds.step),
                upper and ast.Slice(lower, None, bounds.step),
            ):
                if shorter:
                    yield ast.unparse(ast.Subscript(node.value, shorter, node.ctx))
        case ast.IfExp():
            yield from (f"({ast.unparse(node.body)})", f"({ast.unparse(node.orelse)})")
        case _:
            pass


def _statement_instead(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield from ("return None", "return True", "return False")
        case ast.Expr() | ast.AugAssign() | ast.Continue() | ast.Break():
            yield "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "pass"
        case _:
            pass


def tests_for(file: str, tree: Path) -> list[list[str]]:
    """The engine's test files in two runs: those about the file with the broadest of all, then all others."""
    found = [
        path for folder in ("engine", "unit/engine") for path in sorted((tree / "tests" / folder).glob("test_*.py"))
    ]
    parts = Path(file).with_suffix("").parts
    near: list[str] = []
    far: list[str] = []
    for path in sorted(found, key=lambda path: (*[path.stem != f"test_{name}" for name in FIRST], path.name)):
        about = path.stem.removeprefix("test_")
        is_named = any(about.startswith(part[:NAMED]) for part in parts)
        is_near = about == FIRST[0] or is_named or (about == "answers" and not ASKING.isdisjoint(parts))
        if path.name == PEERS and file.startswith("fhirpath"):
            far.append(str(path))
        elif path.name != PEERS:
            (near if is_near else far).append(str(path))
    return [near, far]


def is_killed(tree: Path, file: str) -> str:
    """How the tests noticed, or nothing where all of them passed."""
    return next(filter(None, (_fails(tree, tests) for tests in tests_for(file, tree))), "")


def _fails(tree: Path, tests: list[str]) -> str:
    surroundings = {"PYTHONPATH": str(tree), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
    surroundings["CERTGATEWAY_CACHE"] = str(tree.parent / "cache")
    options = ("-x", "-q", "--no-header", "--tb=no", "-n0", "-p", "no:randomly", "-p", "no:cacheprovider", "-k", CHOSEN)
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=tree,
        env=os.environ | surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as run:
        resource.prlimit(run.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        told = b""
        while run.stdout is not None:
            if not select.select([run.stdout], [], [], SILENCE)[0]:
                run.kill()
                return "hangs"
            piece = os.read(run.stdout.fileno(), 65536)
            if not piece:
                break
            told += piece
    if not run.wait():
        return ""
    lines = [line for line in told.decode(errors="replace").splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0] if lines else f"pytest ended with {run.returncode}"


def copied(folder: Path) -> Path:
    """A copy of the project, without what tests of the engine do not read."""
    tree = folder / "tree"
    tree.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(ROOT / name, tree / name)
    if BESIDE.is_dir():
        (folder / "shared").symlink_to(BESIDE)
    if (ROOT / MODULES).is_dir():
        (tree / MODULES).symlink_to(ROOT / MODULES)
    return tree


def main() -> int:
    """Draw, run and print; 1 where the unchanged engine fails already, or after a while."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.mutation", description="Changes that tests notice.")
    parser.add_argument("--count", type=int, default=70, help="mutants to try: some 20 seconds each")
    parser.add_argument("--seed", type=int, default=1, help="of the dice")
    parser.add_argument("--only", type=int, nargs="+", default=[], help="numbers of the mutants of this seed to try")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = copied(Path(folder))
        if not options.only and (failed := is_killed(tree, "fhirpath/values.py")):  # With all tests, peers included.
            print(f"the engine as it is: {failed}")  # noqa: T201
            return 1
        killed = tried = 0
        wanted = options.only or range(options.count)
        for number, mutant in enumerate(islice(drawn(Random(options.seed)), max(wanted) + 1)):  # noqa: S311  Dice.
            if number not in wanted:
                continue
            place, begun = tree / ENGINE / mutant.file, monotonic()
            place.write_text(mutant.after)
            how = is_killed(tree, mutant.file)
            place.write_text(mutant.before)
            if how.startswith("ERROR") and (failed := _fails(tree, tests_for(mutant.file, tree)[0][:1])):
                print(f"{number}: tests cannot begin, and it is not the change: {failed}")  # noqa: T201
                return 1
            tried, killed = tried + 1, killed + bool(how)
            told = f"killed: {how[:110]}" if how else f"SURVIVED\n{mutant.diff()}"
            print(f"{number} {mutant.file}:{mutant.line} {monotonic() - begun:.0f} s {told}", flush=True)  # noqa: T201
        print(f"killed {killed} of {tried}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
