"""What may stand in a committed file: no registry's host, no living person's number, no room grown too large."""

import ast
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Written in parts, so that this file does not break its own rule.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("packages", "fhir", "org"),
        ("packages2", "fhir", "org"),
        ("ghcr", "io"),
        ("docker", "io"),
        ("deb", "debian", "org"),
    )
)

MODULE_WALL = 400
FUNCTION_WALL = 60

ELEVEN_DIGITS = re.compile(r"(?<!\w)(?<!\d\.)(\d{6})[ \u00a0]?(\d{5})(?!\w|\.\d)")
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the next commit: tracked ones and new ones that git does not ignore."""
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        yield str(path.relative_to(ROOT)), path.read_bytes().decode("utf-8", errors="replace")


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def has_control_digits(number: str) -> bool:
    """Both control digits hold; the first may leave 0 to 3, as numbers given out from 2032 will."""
    digits = [int(digit) for digit in number]
    first = sum(weight * digit for weight, digit in zip(FIRST_WEIGHTS, digits[:10], strict=True)) % 11
    second = sum(weight * digit for weight, digit in zip(SECOND_WEIGHTS, digits, strict=True)) % 11
    return first in {0, 1, 2, 3} and second == 0


def is_date(day: int, month: int, year: int) -> bool:
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True


def names_a_person(number: str) -> bool:
    """A valid fødselsnummer or D-number whose month is not raised by 80, whichever other mark it may bear."""
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    day -= 40 if day > 40 else 0
    for raised in (0, 40, 65):
        if is_date(day, month - raised, year):
            return has_control_digits(number)
    return False


def persons_in(text: str) -> list[str]:
    return [number for match in ELEVEN_DIGITS.finditer(text) if names_a_person(number := match[1] + match[2])]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_names_a_registry_host() -> None:
    named = [(name, host) for name, text in texts() for host in REGISTRY_HOSTS if host in text.lower()]
    assert named == []


def test_no_file_holds_the_number_of_a_living_person() -> None:
    # The number itself stays out of the report: it might be somebody's.
    assert {name: len(found) for name, text in texts() if (found := persons_in(text))} == {}


def with_control_digits(start: str) -> str:
    """Completes nine digits; written here by the definition, so that no valid number stands in this file."""
    return next(number for end in range(100) if has_control_digits(number := f"{start}{end:02}"))


def test_person_numbers_are_recognised() -> None:
    ordinary, d_number, raised_by_40, synthetic = (
        with_control_digits(start) for start in ("010190123", "410190123", "014190123", "018190123")
    )
    assert persons_in(f"a {ordinary}, b") == [ordinary]
    assert persons_in(f'<V V="{ordinary}"/>') == [ordinary]
    assert persons_in(f"{ordinary[:6]} {ordinary[6:]}.") == [ordinary]
    assert persons_in(f"{d_number} {raised_by_40}") == [d_number, raised_by_40]
    assert persons_in(f"{synthetic} x{ordinary} 1.{ordinary} {ordinary}0 {ordinary[:10]}") == []


def test_no_module_passes_the_wall() -> None:
    sizes = {
        path: len(path.read_text().splitlines())
        for path in python_files()
        if "certgateway" in path.relative_to(ROOT).parts
    }
    assert {str(path): size for path, size in sizes.items() if size > MODULE_WALL} == {}


def test_no_function_passes_the_wall() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in python_files()
        for function in functions(ast.parse(path.read_text()))
        if length(function) > FUNCTION_WALL
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    package = [path for path in python_files() if path.relative_to(ROOT).parts[0] in {"certgateway", "tools"}]
    assert [str(path.relative_to(ROOT)) for path in package if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_no_file_is_named_for_anything_and_nothing() -> None:
    vague = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "base",
        "manager",
        "handler",
        "handlers",
        "processor",
        "misc",
    }
    assert [str(path.relative_to(ROOT)) for path in python_files() if path.stem in vague] == []


def test_no_key_or_database_is_tracked() -> None:
    """A key that was made in a checkout seals real messages sooner or later: it must never leave the machine."""
    made = (".key", ".db", ".sqlite3", ".pem")
    assert [path for path in tracked() if str(path).endswith(made)] == []


def test_no_link_is_tracked() -> None:
    """A link out of the checkout is followed by whatever clears a folder, npm too, and empties what it leads to."""
    listing = subprocess.run(("git", "ls-files", "-s"), cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line for line in listing.splitlines() if line.startswith("120000")] == []
