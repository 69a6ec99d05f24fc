"""The XSD files of a folder become declarations by name, as far as some namespaces need them.

Files that mention none of these namespaces are not even parsed. What a file says beyond the constructs listed here is
refused at once, since a schema half understood would judge messages wrongly. Nothing is fetched: an import is met by
what lies in the folder, or the elements it declares are taken as they come.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lxml import etree

from certgateway import safexml
from certgateway.domain.errors import MisconfiguredError
from certgateway.safejson import Unreadable

XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_ENCODINGS: Final = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252")
_FACET: Final = frozenset({"value", "fixed"})
_OCCURS: Final = frozenset({"minOccurs", "maxOccurs"})
# Every construct that is understood, with the attributes it may have.
_UNDERSTOOD: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "import": frozenset({"namespace", "schemaLocation"}),
        "include": frozenset({"schemaLocation"}),
        "element": _OCCURS | {"name", "ref", "type", "default", "fixed"},
        "attribute": frozenset({"name", "type", "use", "default", "fixed"}),
        "complexType": frozenset({"name"}),
        "simpleType": frozenset({"name"}),
        "sequence": _OCCURS,
        "choice": _OCCURS,
        "any": _OCCURS | {"namespace", "processContents"},
        "simpleContent": frozenset(),
        "complexContent": frozenset(),
        "extension": frozenset({"base"}),
        "restriction": frozenset({"base"}),
        "union": frozenset({"memberTypes"}),
        "enumeration": _FACET,
        "pattern": _FACET,
        "whiteSpace": _FACET,
        "maxLength": _FACET,
    }
)
_REFERENCES: Final = ("type", "ref", "base")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A node of a schema file, with what the file says about it: its path and its namespace."""

    node: etree._Element
    file: Path
    namespace: str

    @property
    def kind(self) -> str:
        """`element`, `complexType`, ..."""
        return str(self.node.tag).removeprefix(XS)

    @property
    def parts(self) -> Iterator["Declaration"]:
        """What stands in it; annotations are for people."""
        return (Declaration(node, self.file, self.namespace) for node in self.node if node.tag != f"{XS}annotation")

    def get(self, name: str) -> str | None:
        """An attribute."""
        value = self.node.get(name)
        return None if value is None else str(value)

    def qualified(self, name: str) -> str:
        """`{namespace}name` of a name that may have a prefix."""
        prefix, _, local = name.strip().rpartition(":")
        return f"{{{self.node.nsmap.get(prefix or None) or ''}}}{local}"

    def refused(self, why: str) -> MisconfiguredError:
        """The error that names the file and the line."""
        return MisconfiguredError(f"{self.file}, line {self.node.sourceline}: {why}")

    def meaning(self) -> tuple[object, ...]:
        """What it says, without prefixes, annotations and order of attributes: equal for two copies of one thing."""
        said = {
            str(name): self.qualified(str(value)) if name in _REFERENCES else str(value)
            for name, value in self.node.items()
        }
        return self.kind, sorted(said.items()), [part.meaning() for part in self.parts]


Declarations = Mapping[tuple[str, str], Declaration]
"""By kind and `{namespace}name`."""


def read_declarations(folder: Path, namespaces: frozenset[str]) -> Declarations:
    """What the schemas in a folder declare in some namespaces. Raises MisconfiguredError."""
    found: dict[tuple[str, str], Declaration] = {}
    missing, unread = set(namespaces), []
    for file in _files(folder):
        try:
            schema = _read(file, namespaces)
        except Unreadable as fault:
            unread.append(f"{file} cannot be read ({fault.id} in line {fault.line})")
            continue
        if schema is not None:
            missing.discard(schema.namespace)
            _collect(schema, found)
    if missing:
        told = "; ".join((f"no schema in {folder} is for {' or '.join(sorted(missing))}", *unread))
        raise MisconfiguredError(told)
    return found


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise MisconfiguredError(f"the folder of schemas {folder} does not exist")
    return sorted(folder.rglob("*.xsd"))


def _read(file: Path, namespaces: frozenset[str]) -> Declaration | None:
    """The schema in a file, if it is for one of the namespaces."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise MisconfiguredError(f"the schema {file} cannot be read: {error.strerror}") from error
    if not any(namespace.encode() in raw for namespace in namespaces):
        return None
    root = safexml.parse(raw, encodings=_ENCODINGS)
    schema = Declaration(root, file, str(root.get("targetNamespace") or ""))
    return schema if schema.namespace in namespaces else None


def _collect(schema: Declaration, found: dict[tuple[str, str], Declaration]) -> None:
    _check_head(schema)
    for declaration in schema.parts:
        _check_understood(declaration)
        name = declaration.get("name")
        if name is None:
            continue
        key = (declaration.kind, f"{{{schema.namespace}}}{name}")
        known = found.setdefault(key, declaration)
        if known is not declaration and known.meaning() != declaration.meaning():
            raise declaration.refused(f"{name} is declared otherwise in {known.file}")


def _check_head(schema: Declaration) -> None:
    if schema.node.tag != f"{XS}schema":
        raise schema.refused("this is no schema")
    if schema.get("elementFormDefault") != "qualified" or schema.get("attributeFormDefault") == "qualified":
        raise schema.refused("only qualified elements and unqualified attributes are understood")


def _check_understood(declaration: Declaration) -> None:
    allowed = _UNDERSTOOD.get(declaration.kind)
    if allowed is None:
        raise declaration.refused(f"the construct {declaration.kind} is not understood")
    strange = [str(name) for name in declaration.node.keys() if name not in allowed and name != "id"]  # noqa: SIM118
    if strange:
        raise declaration.refused(f"{declaration.kind} with {' and '.join(sorted(strange))} is not understood")
    for part in declaration.parts:
        _check_understood(part)
