"""Damage of every kind for the conformance engine: to trees, to definitions, to bytes and to expressions.

All of it is drawn from dice, so that a seed alone brings an example back. What is planted as a received value holds
`MARK`, which no finding may ever say. Nothing here may ask the engine for an opinion.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any, Final

Json = Any
MARK: Final = "Zqxmark"
"""Part of every text that is planted in a resource; it stands in no definition."""
R4: Final = "http://hl7.org/fhir/StructureDefinition/"
_NAMES: Final = (
    "id", "extension", "_value", "url", "resourceType", "contained", "meta", "text", "div", "reference", "coding",
    "system", "code", "value", "valueString", "valueCode", "valueReference", "valueQuantity", "entry", "resource",
    "fullUrl", "item", "answer", "linkId", "identifier", "profile", "status", "component", "modifierExtension",
    MARK, "a.b", "", "`", "{expected}", "[x]", "valueZqxmark",
)  # fmt: skip
_TEXTS: Final = (
    "", " ", "#", "#a", "Patient/1", "urn:uuid:00000000-0000-4000-8000-000000000001",
    "http://x.example/Patient/1/_history/2",
    "2020", "2020-02-30", "0000-00-00", "9999-12-31T23:59:60Z", "24:00:00", "\x00", "\u2028", "\U0001f600",
    "http://[", "|", "a|b|c",
    "http://unitsofmeasure.org", "kg.m/s2{x}", "((((", "10*-999999999",
    '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
    "<div>", "&nbsp;", "A" * 70, "true", "-0", "1e5", "%resource", "{0}", "{expected.__class__}", "]", "[x]", "Patient",
)  # fmt: skip
_NUMBERS: Final = (0, -1, 1, 2**31, -(2**63), 10**40, 0.1, -0.0, 1e300, 1e-300, True, False, None)
# What a definition may hold where R4 wants something else, by the key that holds it.
_SAID: Final[dict[str, tuple[Json, ...]]] = {
    "max": ("-1", "x", "*", "0", "", 1, None, "99999999999999999999", " 1", "1.5", "²"),
    "min": (-1, 10**30, "1", None, True, 1.5, 0, "²"),
    "baseDefinition": ("$own", R4 + "Patient", R4 + "Element", R4 + "Extension", "", 1, "x|", "#", "$own#Patient.name"),
    "type": ("Patient", "x", "", [], [{}], [{"code": "Reference", "targetProfile": ["$own"]}], "Extension", [None],
             [{"code": "Extension", "profile": ["$own"]}], [{"code": "Patient", "profile": ["$own"]}],
             "Patient.contact"),
    "profile": (["$own"], "$own", [1], ["$own#Patient.name"], ["#"], [None], ["$own|1|2"]),
    "targetProfile": (["$own"], "$own", [None], [{}]),
    "valueSet": ("$own", ["$own"], 1, {}, "", "|"),
    "path": ("", "Patient", "Patient.", "x", ".".join("a" * 300), 1, None, "Patient.contact.name.given",
            "Extension.value[x]",
             "Patient.extension", "Patient.extension.extension", "$this", "resolve()", "ofType(",
             "value.ofType(Quantity)"),
    "id": ("", "Patient", "Patient:", "Patient.name:a/b/c", "Patient.name:a.given:b.extension:c", "x:y:z", 1, None,
           "Patient." + ".".join(["contact:a"] * 60), "Patient.name:a/a", "Patient.value[x]:valueString",
           "Patient.name."),
    "sliceName": ("a", "a/b", "a/b/c", "", 1, None, "@default", "a:b"),
    "contentReference": ("#Patient", "#", "$own#Patient.name", 1, "#Patient.contact", "#Bundle.entry"),
    "rules": ("closed", "openAtEnd", "x", 1, None),
    "expression": ("$this", "", 1, "resolve().resolve()", "descendants().repeat(children())", "(", "a" * 500, "%x",
            "''",
                   "conformsTo('$own')", "memberOf('$own')", "extension('x').value", "matches('(a+)+$')", "1/0"),
    "discriminator": ([], [{}], [{"type": "x", "path": 1}], [{"type": "profile", "path": "resolve()"}], {}, None,
                      [{"type": "value", "path": "$this"}], [{"type": "type", "path": "$this.resolve()"}],
                      [{"type": "exists", "path": "a.b.c"}], [{"type": "pattern", "path": "extension('x').value"}]),
    "include": ([{"valueSet": ["$own"]}], [{}], [], {}, None, [{"system": "$own"}], [{"system": 1, "concept": [{}]}],
                [{"system": "$own", "filter": [{"property": "concept", "op": "is-a", "value": "a"}]}]),
    "concept": ([], [None], [{}], {}, [{"code": 1}], [{"code": "a", "concept": [{"code": "a"}]}]),
    "supplements": ("$own", 1),
    "op": ("regex", "is-a", "x", "in", "exists", 1),
    "content": ("supplement", "fragment", "x", 1, None),
    "kind": ("logical", "primitive-type", "x", 1),
    "derivation": ("specialization", "x", 1),
    "context": ([], [{}], [{"type": "fhirpath", "expression": "("}], [{"type": "fhirpath"}], {}, [1],
                [{"type": "extension", "expression": "$own"}], [{"type": "element", "expression": 1}]),
    "contextInvariant": ("x", ["("], [1], None),
    "element": ([], None, {}, [None], [{}], [{"path": "Patient"}], [1, "x"]),
    "binding": ({}, None, {"strength": "required"}, {"strength": "required", "valueSet": "$own"}, []),
    "constraint": ([{}], [None], {}, [{"key": 1, "expression": 1}], [{"key": "a", "severity": "x",
            "expression": "$this"}]),
    "slicing": ({}, None, {"rules": "closed"}, {"discriminator": [{"type": "value", "path": "$this"}],
            "ordered": "x"}, []),
    "linkId": ("a", "", 1, None, MARK),
    "enableWhen": ([{"question": "a", "operator": "exists", "answerBoolean": True}], [{}], [None], {},
            [{"question": 1}]),
    "answerValueSet": ("$own", "#a", 1, ""),
    "maxLength": (-1, 0, "x", 10**30, None),
    "version": ("1", "1.0.0-x", "", 1, None, "²", "9" * 5000),
    "url": ("$own", R4 + "Patient", 1, None, "", "x|1", "#"),
    "maxValueInteger": ("x", None, 10**40, {}),
    "patternCodeableConcept": ({"coding": [{}]}, [], None, "x"),
}  # fmt: skip


def dice(seed: int | str) -> Random:
    """Dice for one example."""
    return Random(seed)  # noqa: S311  The same for the same seed, and nothing secret.


def ways(tree: Json) -> list[tuple[Json, Any]]:
    """Every place in a tree: the holder and the key or index."""
    found: list[tuple[Json, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        steps = (
            list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
        )
        found += [(node, key) for key, _ in steps]
        waiting += [value for _, value in steps]
    return found


def junk(random: Random, depth: int = 0) -> Json:
    """Any JSON value, small; texts of it hold the mark or are of a form that has meaning somewhere."""
    kind = random.randrange(6 if depth < 3 else 3)
    if kind == 0:
        return random.choice(_NUMBERS)
    if kind == 1:
        return random.choice(_TEXTS)
    if kind == 2:
        return MARK + random.choice(("", " x", "/1", "|2", "\n"))
    if kind == 3:
        return [junk(random, depth + 1) for _ in range(random.randrange(4))]
    return {random.choice(_NAMES): junk(random, depth + 1) for _ in range(random.randrange(4))}


def damaged(tree: Json, other: Json, random: Random, most: int = 4) -> Json:
    """A copy of a tree with one to `most` changes; parts of `other` may come into it."""
    made = copy.deepcopy(tree)
    for _ in range(random.randint(1, most)):
        places = ways(made)
        if not places:
            return junk(random)
        holder, key = random.choice(places)
        random.choice(_CHANGES)(holder, key, random, other)
    return made


def _replace(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    holder[key] = junk(random)


def _mark(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    holder[key] = f"{holder[key]}{MARK}" if random.random() < 0.5 else MARK


def _drop(holder: Json, key: Any, _random: Random, _other: Json) -> None:  # noqa: ANN401  Name or index.
    del holder[key]


def _graft(holder: Json, key: Any, random: Random, other: Json) -> None:  # noqa: ANN401  Name or index.
    there, at = random.choice(ways(other) or [(holder, key)])
    holder[key] = copy.deepcopy(there[at])


def _wrap(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    value = holder[key]
    holder[key] = random.choice(([value], {"value": value}, [value, copy.deepcopy(value)], [None, value], [[value]]))


def _unwrap(holder: Json, key: Any, _random: Random, _other: Json) -> None:  # noqa: ANN401  Name or index.
    value = holder[key]
    if isinstance(value, list | dict) and value:
        holder[key] = next(iter(value.values())) if isinstance(value, dict) else value[0]


def _again(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    if isinstance(holder, list):
        holder.insert(random.randint(0, len(holder)), copy.deepcopy(holder[key]))
    else:
        holder[random.choice(("_" + str(key), *_NAMES))] = copy.deepcopy(holder[key])


def _add(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    target = holder[key] if isinstance(holder[key], dict) else holder
    if isinstance(target, dict):
        target[random.choice(_NAMES)] = junk(random)


def _companion(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    if isinstance(holder, dict):
        extension = [{"url": random.choice((R4 + "data-absent-reason", MARK)), "valueCode": "unknown"}]
        value: Json = {"extension": extension}
        holder["_" + str(key)] = [value, None] if isinstance(holder[key], list) else value
        if random.random() < 0.5:
            holder[key] = None if random.random() < 0.5 else holder.pop(key)


def _deepen(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    name = key if isinstance(key, str) else random.choice(("extension", "item", "contained", "resource"))
    value = holder[key]
    for _level in range(random.choice((3, 50))):
        value = {name: [value]} if random.random() < 0.8 else {name: value}
    holder[key] = value


def _widen(holder: Json, key: Any, random: Random, _: Json) -> None:  # noqa: ANN401  Name or index.
    value = holder[key]
    holder[key] = (value if isinstance(value, list) and value else [value]) * random.choice((3, 30))


_CHANGES: Final[list[Callable[[Json, Any, Random, Json], None]]] = [
    _replace, _replace, _mark, _mark, _drop, _graft, _graft, _wrap, _unwrap, _again, _add, _companion, _deepen, _widen,
]  # fmt: skip


def damaged_definition(tree: Json, other: Json, urls: list[str], random: Random) -> Json:
    """A copy of a definition that says what none may say; `$own` becomes a canonical out of `urls`."""
    made = copy.deepcopy(tree)
    for _ in range(random.randint(1, 5)):
        places = [(holder, key) for holder, key in ways(made) if isinstance(holder, dict)]
        told = [(holder, key) for holder, key in places if key in _SAID]
        if told and random.random() < 0.5:
            holder, key = random.choice(told)
            holder[key] = _owned(copy.deepcopy(random.choice(_SAID[key])), urls, random)
        elif places and random.random() < 0.4:
            key = random.choice(list(_SAID))
            random.choice(places)[0][key] = _owned(copy.deepcopy(random.choice(_SAID[key])), urls, random)
        elif isinstance(made, dict):
            kind, url = made.get("resourceType"), made.get("url")
            made = damaged(made, other, random, 1)
            if isinstance(made, dict) and random.random() < 0.9:
                made |= {"resourceType": kind, "url": url}
    return made


def _owned(value: Json, urls: list[str], random: Random) -> Json:
    if isinstance(value, str):
        return value.replace("$own", random.choice(urls)) if urls else value
    if isinstance(value, list):
        return [_owned(each, urls, random) for each in value]
    return {key: _owned(each, urls, random) for key, each in value.items()} if isinstance(value, dict) else value


_PIECES: Final = (
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"&#x1F600;", b"&amp;", b"<?pi x?>", b"<!-- x -->",
    b"<![CDATA[x]]>",
    b' xmlns="urn:x"', b' xmlns:f="http://hl7.org/fhir"', b"<f:name/>", b' value="Zqxmark"', b' id="Zqxmark"',
    b"\x00", b"\xff",
    b"\xc3", b"\xed\xa0\x80", b"<name>", b"</name>", b"/>", b">", b"<", b'"', b"{", b"}", b"[", b"]", b",", b":",
    b"\\ud800",
    b"\\u0000", b"1e999999", b"-", b"null", b'"a":1,', b'<div xmlns="http://www.w3.org/1999/xhtml">', b"</div>",
    b"Zqxmark",
    b"<contained>", b"<extension url='x'/>", b"<a>" * 80, b"[" * 80, b"<id value='a'/>" * 40, b"\r\n", b"\xef\xbb\xbf",
)  # fmt: skip


def damaged_bytes(raw: bytes, random: Random) -> bytes:
    """The bytes with pieces put in, taken out, moved, and now and then in another encoding."""
    for _ in range(random.randint(1, 5)):
        at, length = random.randrange(len(raw) + 1), random.choice((0, 0, 1, 5, 40))
        kind = random.randrange(5)
        if kind < 3:
            raw = raw[:at] + random.choice(_PIECES) + raw[at + length :]
        elif kind == 3:
            raw = raw[:at] + raw[at + length :]
        else:
            start = random.randrange(len(raw) + 1)
            raw = raw[:at] + raw[start : start + random.choice((5, 60, 400))] + raw[at:]
    if random.random() < 0.05:
        encoding = random.choice(("utf-16", "utf-32", "latin-1", "utf-7"))
        return raw.decode("utf-8", "replace").encode(encoding, "replace")
    return raw


_WORDS: Final = (
    "name", "given", "value", "extension", "$this", "$index", "$total", "%resource", "%context", "%ucum", "true", "1",
    "0",
    "1.5", "-", "'a'", "{}", "@2020-01-01", "@T10:00", "@2020-01-01T10:00:00Z", "4 'kg'", "1 day", "(", ")", ".", ",",
    "[", "]",
    "and", "or", "xor", "implies", "in", "contains", "is", "as", "|", "&", "+", "*", "/", "div", "mod", "=", "~",
    "!=", "!~", "<",
    "<=", "where(", "select(", "repeat(", "all(", "exists()", "aggregate(", "iif(", "ofType(Quantity)", "resolve()",
    "toString()",
    "toQuantity()", "matches('", "replaceMatches('(a*)*', '$1')", "substring(", "children()", "descendants()",
    "trace('x')",
    "combine(", "power(", "sqrt()", "ln()", "exp()", "round(", "lowBoundary()", "type()", "hasValue()", "`a`", "//",
    "/*", "\\u00",
    "12345678901234567890", "split('')", "join(',')", "indexOf(", "toInteger()", "convertsToDecimal()",
    "elementDefinition()",
    "conformsTo('x')", "memberOf('x')", "htmlChecks()", "now()", "today()", "not()", "single()", "skip(-1)",
    "take(10000000000)",
    "decode('hex')", "encode('x')", "escape('json')", "subsumes(", "comparable(", "slice('x','y')",
    "defineVariable('x')", "sort(",
)  # fmt: skip


def damaged_expression(text: str, random: Random) -> str:
    """An expression with words put in, taken out and moved."""
    for _ in range(random.randint(1, 5)):
        at, length = random.randrange(len(text) + 1), random.choice((0, 0, 0, 1, 3, 10))
        piece = random.choice(_WORDS)
        if random.random() < 0.3:
            start = random.randrange(len(text) + 1)
            piece = text[start : start + random.choice((5, 20, 60))]
        text = text[:at] + random.choice(("", " ", ".")) + piece + text[at + length :]
    return text
