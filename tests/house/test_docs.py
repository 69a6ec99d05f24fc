"""What README, CHANGELOG and docs/ say is so: generated parts, commands, links, excerpts and figures."""

import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from certgateway.cli import main
from tests.unit.engine.hl7_agreement import CASES, checks, elements
from tools import docs

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*docs.pages(), ROOT / "CHANGELOG.md", ROOT / "fhir-profiles" / "README.md"]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
EXIT_CODE = re.compile(r"#.*\bexit code (\d)")
GENERATED = re.compile(r"<!-- generated: .*?<!-- end -->", re.DOTALL)
# These serve until somebody stops them or make the whole house; that they exist is what is tested.
NOT_RUN = {"serve", "sandbox", "config"}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def shell_lines(name: str) -> Iterator[str]:
    for language, body in FENCE.findall(text(name)):
        if language == "sh":
            yield from (line.strip() for line in body.splitlines() if line.strip())


def commands(line: str) -> list[list[str]]:
    """The commands of one line, each as words, the program without its folder."""
    words = [shlex.split(part, comments=True) for part in line.split("&&")]
    return [[Path(parts[0]).name, *parts[1:]] for parts in words if parts]


def documented(program: str) -> list[tuple[str, list[str], int]]:
    """Page, arguments and promised exit code of every documented command of a program."""
    return [
        (name, words[1:], int(found[1]) if (found := EXIT_CODE.search(line)) else 0)
        for name in NAMES
        for line in shell_lines(name)
        for words in commands(line)
        if words[0] == program
    ]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", docs.pages(), ids=lambda page: page.name)
def test_generated_parts_are_what_the_code_gives(page: Path) -> None:
    assert docs.filled(page.read_text("utf-8")) == page.read_text("utf-8"), "run `make docs`"


def test_a_stale_part_is_found() -> None:
    page = "<!-- generated: settings -->\n\nold\n\n<!-- end -->\n"
    assert "CERTGATEWAY_PERSONS" in docs.filled(page)
    with pytest.raises(KeyError, match="no-such-part"):
        docs.filled("<!-- generated: no-such-part -->\n<!-- end -->")


def test_what_stands_between_two_parts_stays() -> None:
    page = "<!-- generated: webhook -->\n<!-- end -->\n\nbetween\n\n<!-- generated: webhook -->\n<!-- end -->\n"
    once = docs.filled(page)
    assert "\n\nbetween\n\n" in once
    assert docs.filled(once) == once
    assert once.count("secret_file") == 2


def test_readme_names_every_id_that_a_finding_may_bear() -> None:
    readme = text("README.md")
    assert [entry["id"] for entry in docs.catalogue() if f"`{entry['id']}`" not in readme] == []


def test_rules_page_has_every_rule_with_both_languages() -> None:
    page = text("docs/rules.md")
    for entry in docs.catalogue():
        assert f"#### {entry['id']}\n" in page
        assert f"#### {entry['id']} (nb)\n" in page
        assert entry["texts"]["nb"]["found"] in page
        assert entry["texts"]["en"]["action"] in page


@pytest.mark.parametrize("name", NAMES)
def test_relative_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in LINK.findall(FENCE.sub("", text(name))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_set_up_is_two_commands() -> None:
    first = next(body for language, body in FENCE.findall(text("README.md")) if language == "sh")
    assert [line.partition("#")[0].strip() for line in first.splitlines()] == ["make sandbox", "make test"]


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = {words[0] for _, words, _ in documented("make")}
    spoken = {found for name in NAMES for found in re.findall(r"`make ([a-z-]+)`", text(name))}
    assert named >= {"sandbox", "test", "install"}
    assert named | spoken <= targets


def test_every_shell_line_is_one_we_know() -> None:
    programs = {words[0] for name in NAMES for line in shell_lines(name) for words in commands(line)}
    assert programs <= {"make", "certgateway", "python"}


@pytest.mark.parametrize(
    "arguments, code",
    [pytest.param(words, code, id=" ".join(words)) for _, words, code in documented("certgateway")],
)
def test_documented_commands_run(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert arguments[0] not in NOT_RUN
    assert main(arguments) == code
    assert capsys.readouterr().out


def test_every_command_that_is_spoken_of_exists(capsys: pytest.CaptureFixture[str]) -> None:
    spans = [span for name in NAMES for span in SPAN.findall(FENCE.sub("", text(name)))]
    spoken = {found[1] for span in spans if (found := re.match(r"certgateway ([a-z]+)", span))}
    assert spoken >= {"validate", "rules", "serve", "config"}
    for command in sorted(spoken):
        assert importlib.util.find_spec(f"certgateway.cli.{command}"), command
        with pytest.raises(SystemExit, match=r"^0$"):
            main([command, "--help"])
        assert capsys.readouterr().out.startswith("usage: certgateway")


def test_files_that_are_spoken_of_exist() -> None:
    """A path in backticks that looks like one of the repository's is one."""
    folders = "certgateway|docs|fixtures|tests|tools|bench|fhir-profiles|schemas"
    known = re.compile(rf"(?:{folders})/[\w./-]*\w|(?:services|api|engine|domain|rules|trust|store)/\w+\.py")
    for name in NAMES:
        for span in SPAN.findall(text(name)):
            if known.fullmatch(span):
                assert (ROOT / span).exists() or (ROOT / "certgateway" / span).exists(), f"{name}: {span}"


def test_the_example_is_explained_to_its_last_line() -> None:
    page = text("docs/example.md")
    covered: set[int] = set()
    for path in docs.excerpts(page):
        first, last = docs.lines_of(path)
        assert not covered & set(range(first, last + 1)), f"{path} is shown twice"
        covered |= set(range(first, last + 1))
    lines = docs.EXAMPLE.read_text("utf-8").splitlines()
    said = {number for number, line in enumerate(lines, 1) if re.search(r'": ("|\d|true|false)|^\s+"', line)}
    said -= {number for number, line in enumerate(lines, 1) if line.endswith(("{", "["))}
    assert sorted(said - covered) == []


def test_lines_of_an_excerpt_are_counted_as_an_editor_does() -> None:
    lines = docs.EXAMPLE.read_text("utf-8").splitlines()
    first, last = docs.lines_of("entry[1].resource.identifier")
    assert lines[first - 1].strip() == '"identifier": {'
    assert lines[first].strip() == '"system": "https://epj.example/legeerklaering",'
    assert lines[last - 1].strip() == "},"


def test_figures_of_performance_come_from_the_committed_result() -> None:
    result = json.loads(docs.RESULT.read_text("utf-8"))
    page = text("docs/performance.md")
    assert f"Command: `{result['command']}`" in page
    assert f"Date: {result['machine']['date']}" in page
    by_hand = GENERATED.sub("", page)
    assert re.findall(r"\d+(?:[.,]\d+)? ?(?:ms|s|KB|MB|times|%)\b", by_hand) == []


def test_figures_of_conformance_are_those_of_a_run() -> None:
    if not CASES.is_dir():
        pytest.skip(f"LOUD: {CASES} is absent, the figures of docs/conformance.md are not compared")
    results = checks(CASES)
    page = text("docs/conformance.md")
    same, told = elements(results)
    assert f"agreement {sum(result.agrees for result in results)} of {len(results)}" in page
    assert f"same element {same} of {told}" in page
    apart = {result.name for result in results if not result.agrees}
    table = page.partition("## Agreement with HL7's validator")[2]
    assert set(re.findall(r"^\| `([^`]+/(?:base|profile))` \|", table, re.MULTILINE)) == apart
