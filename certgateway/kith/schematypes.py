"""Declarations of a schema become tables: content models flattened into places, types into checks.

Whatever the tables cannot say (a repeated group, a sequence inside a choice, mixed content) is refused by file and
line. An element of a namespace that was not read is taken as it comes. Nothing here reads a file or a message.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from certgateway.kith import lexical
from certgateway.kith.schemafiles import XS, Declaration, Declarations
from certgateway.kith.tables import Attribute, Child, Element, SimpleType, Tables

_OID_CAP: Final = str(lexical.OID_LENGTH)


def build_tables(declarations: Declarations) -> Tables:
    """The tables of everything declared. Raises MisconfiguredError where something is not understood."""
    return _Build(declarations).tables()


class _Build:
    """One run: the simple types and elements made so far, and the elements that were met and are still to be made."""

    def __init__(self, declarations: Declarations) -> None:
        self.declarations = declarations
        self.known: dict[str, Element] = {}
        self.elements = MappingProxyType(self.known)
        self.simple: dict[str, SimpleType] = {}
        self.waiting: dict[str, Declaration] = {}

    def tables(self) -> Tables:
        tops = {name: found for (kind, name), found in self.declarations.items() if kind == "element"}
        self.waiting.update(tops)
        while self.waiting:
            key, declaration = self.waiting.popitem()
            self.known[key] = self._element(declaration, key)
        return Tables(MappingProxyType({name: self.known[name] for name in tops}))

    def _element(self, declaration: Declaration, key: str) -> Element:
        name, fixed = _name(declaration), declaration.get("fixed")
        type_name = declaration.get("type")
        # The children of a named type are made once, whichever elements are of that type.
        type_, owner = (
            self._named(declaration, declaration.qualified(type_name)) if type_name else _inner(declaration, key)
        )
        if isinstance(type_, SimpleType):
            return Element(name, declaration.namespace, text=type_, fixed=fixed)
        if type_.kind == "simpleType":
            return Element(name, declaration.namespace, text=self._simple(type_), fixed=fixed)
        return self._complex(name, declaration.namespace, type_, owner)

    def _named(self, asking: Declaration, name: str) -> tuple[Declaration | SimpleType, str]:
        complex_ = self.declarations.get(("complexType", name))
        return (complex_, f"type {name}") if complex_ else (self._simple_named(asking, name), "")

    def _complex(self, name: str, namespace: str, type_: Declaration, owner: str) -> Element:
        places = _Places(self, owner)
        text: SimpleType | None = None
        attributes: dict[str, Attribute] = {}
        for part in _content(type_):
            if part.kind == "attribute":
                attribute = self._attribute(part)
                attributes[attribute.name] = attribute
            elif part.kind == "extension":
                text = self._simple_named(part, part.qualified(part.get("base") or ""))
                attributes.update({found.name: found for found in map(self._attribute, part.parts)})
            else:
                places.outermost(part)
        return Element(
            name,
            namespace,
            children=tuple(places.children),
            attributes=MappingProxyType(attributes),
            text=text,
            any_content=places.anything,
            may_be_empty=places.may_be_empty or all(child.min == 0 for child in places.children),
        )

    def _attribute(self, declaration: Declaration) -> Attribute:
        use, type_name = declaration.get("use") or "optional", declaration.get("type")
        if declaration.kind != "attribute" or use not in {"optional", "required"}:
            raise declaration.refused(f"{declaration.kind} is not understood here")
        type_ = (
            self._simple_named(declaration, declaration.qualified(type_name))
            if type_name
            else self._simple(_inner(declaration, "")[0])
        )
        return Attribute(_name(declaration), use == "required", type_, declaration.get("fixed"))

    def place(self, declaration: Declaration, owner: str) -> tuple[str, str, str]:
        """Local name, namespace and key of an element that stands in another; it is made later, if it is not yet."""
        ref = declaration.get("ref")
        if ref is None:
            key = f"{owner}/{_name(declaration)}"
            if key not in self.known:
                self.waiting[key] = declaration
            return _name(declaration), declaration.namespace, key
        key = declaration.qualified(ref)
        namespace, _, name = key[1:].partition("}")
        if ("element", key) not in self.declarations:
            if namespace == declaration.namespace:
                raise declaration.refused(f"{name} is not declared")
            self.known.setdefault(key, Element(name, namespace, any_content=True, may_be_empty=True))
        return name, namespace, key

    # ---- simple types ----

    def _simple_named(self, asking: Declaration, name: str) -> SimpleType:
        made = self.simple.get(name)
        if made is None:
            made = self.simple[name] = self._built_in(asking, name) if name.startswith(XS) else self._own(asking, name)
        return made

    @staticmethod
    def _built_in(asking: Declaration, name: str) -> SimpleType:
        local = name.removeprefix(XS)
        if local not in lexical.CHECKS:
            raise asking.refused(f"the type {local} of XML Schema is not understood")
        return SimpleType(local, local, check=lexical.CHECKS[local])

    def _own(self, asking: Declaration, name: str) -> SimpleType:
        declaration = self.declarations.get(("simpleType", name))
        if declaration is None:
            raise asking.refused(f"the type {name} is not declared in this folder")
        return self._simple(declaration)

    def _simple(self, declaration: Declaration) -> SimpleType:
        parts = list(declaration.parts)
        if declaration.kind != "simpleType" or len(parts) != 1:
            raise declaration.refused("a simple type is a restriction or a union of named types")
        if parts[0].kind == "union":
            return self._union(declaration, parts[0])
        return self._restriction(declaration, parts[0])

    def _union(self, declaration: Declaration, union: Declaration) -> SimpleType:
        names = (union.get("memberTypes") or "").split()
        if not names or list(union.parts):
            raise union.refused("a union is understood of named types only")
        members = [self._simple_named(union, union.qualified(name)) for name in names]
        name = declaration.get("name") or "|".join(member.name for member in members)
        return SimpleType(name, "union", check=lexical.any_of(member.check for member in members))

    def _restriction(self, declaration: Declaration, restriction: Declaration) -> SimpleType:
        base = restriction.get("base")
        if restriction.kind != "restriction" or not base:
            raise restriction.refused(f"{restriction.kind} is not understood here")
        parent = self._simple_named(restriction, restriction.qualified(base))
        name = declaration.get("name") or parent.name
        facets: dict[str, list[str]] = {}
        for facet in restriction.parts:
            facets.setdefault(facet.kind, []).append(facet.get("value") or "")
        if not facets or (facets == {"whiteSpace": ["preserve"]} and parent.base == "string"):
            return SimpleType(name, parent.base, parent.values, parent.check)
        if set(facets) == {"enumeration"} and not parent.values:
            return _enumerated(restriction, name, parent.base, facets["enumeration"])
        if _is_oid(facets) and parent.base == "token":
            return SimpleType(name, "oid", check=lexical.is_oid)
        raise restriction.refused("this restriction is not understood; of patterns, only that of object identifiers is")


class _Places:
    """The content model of one type, flattened: every element gets a rank, those of a choice the same."""

    def __init__(self, build: _Build, owner: str) -> None:
        self.build = build
        self.owner = owner
        self.children: list[Child] = []
        self.rank = -1
        self.anything = False
        self.may_be_empty = False

    def outermost(self, group: Declaration) -> None:
        if self.rank >= 0 or self.anything or group.kind not in {"sequence", "choice"}:
            raise group.refused(f"{group.kind} is not understood here")
        if group.kind == "choice":
            self._choice(group)
        else:
            self.may_be_empty = _occurs(group)[0] == 0
            self._sequence(group)

    def _sequence(self, group: Declaration) -> None:
        for part in group.parts:
            if part.kind == "element":
                self._add(part, choice=None, optional=False)
            elif part.kind == "choice":
                self._choice(part)
            elif part.kind == "sequence" and _occurs(part)[0] == 1:
                self._sequence(part)
            elif part.kind == "any" and _occurs(part)[0] == 0:
                self.anything = True
            else:
                raise part.refused(f"this {part.kind} is not understood")
        if _occurs(group)[1] != 1 or (self.anything and self.children):
            raise group.refused("a repeated group, or anything beside elements, is not understood")

    def _choice(self, group: Declaration) -> None:
        """A choice inside a choice only offers more to choose from."""
        alternatives: list[Declaration] = []
        groups = [group]
        while groups:
            inner = groups.pop()
            if _occurs(inner)[1] != 1:
                raise inner.refused("a repeated choice is not understood")
            for part in inner.parts:
                if part.kind not in {"element", "choice"}:
                    raise part.refused(f"{part.kind} in a choice is not understood")
                (alternatives if part.kind == "element" else groups).append(part)
        self.rank += 1
        choice = self.rank
        optional = any(_occurs(part)[0] == 0 for part in (group, *_choices_in(group), *alternatives))
        for part in alternatives:
            self._add(part, choice=choice, optional=optional)

    def _add(self, declaration: Declaration, *, choice: int | None, optional: bool) -> None:
        name, namespace, key = self.build.place(declaration, self.owner)
        if any(child.name == name for child in self.children):
            raise declaration.refused(f"{name} in two places of one element is not understood")
        if choice is None:
            self.rank += 1
        least, most = _occurs(declaration)
        self.children.append(
            Child(name, namespace, 0 if optional else least, most, self.rank, choice, key, self.build.elements)
        )


def _choices_in(group: Declaration) -> Iterator[Declaration]:
    for part in group.parts:
        if part.kind == "choice":
            yield part
            yield from _choices_in(part)


def _name(declaration: Declaration) -> str:
    name = declaration.get("name")
    if not name:
        raise declaration.refused(f"{declaration.kind} without a name is not understood here")
    return name


def _inner(declaration: Declaration, owner: str) -> tuple[Declaration, str]:
    """The type that is written inside an element or attribute."""
    parts = list(declaration.parts)
    if len(parts) != 1 or parts[0].kind not in {"complexType", "simpleType"}:
        raise declaration.refused(f"{declaration.kind} without a type is not understood")
    return parts[0], owner


def _content(type_: Declaration) -> Iterator[Declaration]:
    """The groups and attributes of a complex type, out of the wrappings that say nothing for the tables."""
    for part in type_.parts:
        if part.kind == "simpleContent":
            yield from _only(part, "extension")
        elif part.kind == "complexContent":
            for restriction in _only(part, "restriction"):
                if restriction.qualified(restriction.get("base") or "") != f"{XS}anyType":
                    raise restriction.refused("a restriction of another complex type is not understood")
                yield from restriction.parts
        else:
            yield part


def _only(wrapping: Declaration, kind: str) -> Iterator[Declaration]:
    for part in wrapping.parts:
        if part.kind != kind:
            raise part.refused(f"{part.kind} in {wrapping.kind} is not understood")
        yield part


def _occurs(declaration: Declaration) -> tuple[int, int | None]:
    least, most = declaration.get("minOccurs") or "1", declaration.get("maxOccurs") or "1"
    if not least.isdecimal() or not (most.isdecimal() or most == "unbounded"):
        raise declaration.refused("minOccurs or maxOccurs is no number")
    return int(least), None if most == "unbounded" else int(most)


def _enumerated(restriction: Declaration, name: str, base: str, values: list[str]) -> SimpleType:
    if base == "nonNegativeInteger":
        numbers = [lexical.whole_number(value) for value in values]
        known = frozenset(number for number in numbers if number is not None)
        if None in numbers:
            raise restriction.refused("an enumerated value is no whole number")
        return SimpleType(name, base, known, lexical.number_among(known))
    if base not in {"string", "token"}:
        raise restriction.refused(f"enumerated values of {base} are not understood")
    known = frozenset(lexical.collapse(value) if base == "token" else value for value in values)
    return SimpleType(name, base, known, lexical.text_among(known, collapsed=base == "token"))


def _is_oid(facets: dict[str, list[str]]) -> bool:
    """A known pattern, and no cap but ours."""
    patterns, caps = facets.get("pattern", []), facets.get("maxLength", [])
    known = len(patterns) == 1 and patterns[0] in lexical.OID_PATTERNS and caps in ([], [_OID_CAP])
    return known and set(facets) <= {"pattern", "maxLength"}
