"""What the package never does, and the few places where it does what is dangerous elsewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "certgateway"
FILES = sorted(PACKAGE.rglob("*.py"))
# Other programs, protocols that carry commands, other forms of objects, templates, and dice that can be guessed.
NEVER = frozenset(
    {"subprocess", "pty", "multiprocessing", "commands", "ldap", "ldap3", "smtplib", "imaplib", "telnetlib", "ftplib"}
    | {"marshal", "shelve", "dill", "yaml", "ctypes", "cffi", "pymemcache", "jinja2", "mako", "markdown", "random"}
)
CALLS = frozenset({"eval", "exec", "compile", "__import__", "system", "popen", "execv", "spawnv", "fork"})
CRYPTOGRAPHY = frozenset({"cryptography", "joserfc", "hmac", "ssl"})
# Each reads or makes nothing but words of our own; the tests of these modules tell how that is held.
KNOWN = {
    "engine/fhirpath/quick.py": {"eval"},
    "engine/soundness/shapes.py": {"compile", "exec"},
}
PICKLING = {"prose/keeping.py"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in FILES:
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.AST) -> set[str]:
    """The first name of every module that is imported, wherever in the file."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def called(tree: ast.AST) -> set[str]:
    """Names of the functions that are called bare or of the module os; `re.compile` is another one."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found |= {node.func.attr} if isinstance(node.func.value, ast.Name) and node.func.value.id == "os" else set()
    return found & CALLS


def test_nothing_is_started_and_no_protocol_with_commands_is_spoken() -> None:
    assert len(FILES) > 300
    assert {name: found for name, tree in trees() if (found := sorted(imported(tree) & NEVER))} == {}


def test_code_is_made_of_text_in_two_places_without_what_python_has_built_in() -> None:
    assert {name: found for name, tree in trees() if (found := called(tree))} == KNOWN
    for name in KNOWN:
        assert '"__builtins__":' in (PACKAGE / name).read_text("utf-8")


def test_objects_are_read_back_in_one_place() -> None:
    assert {name for name, tree in trees() if "pickle" in imported(tree)} == PICKLING


def test_every_module_with_cryptography_stands_in_the_inventory() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8").partition("\n## Cryptography\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"`certgateway/([\w/]+\.py)`", page))
    assert told == {name for name, tree in trees() if imported(tree) & CRYPTOGRAPHY}


@pytest.mark.parametrize(
    "source, what",
    [
        ("import subprocess", imported),
        ("def f():\n    from smtplib import SMTP", imported),
        ("import os\nos.system('x')", called),
        ("eval('1')", called),
    ],
    ids=["import", "import inside", "os", "eval"],
)
def test_the_eyes_of_this_file_see(source: str, what: object) -> None:
    assert callable(what)
    assert what(ast.parse(source)) & (NEVER | CALLS)
    assert not called(ast.parse("import re\nre.compile('x')"))
