"""Small FHIR values that every written resource is made of: concepts, quantities, extensions, references, components.

A value that the certificate does not hold gives nothing at all: FHIR knows no empty element. Nothing here may write a
display, a title or a unit's name; whoever reads looks them up by code.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from certgateway.domain.certificate import Coding, Limit, Period, Quantity
from certgateway.domain.vocabulary import systems

Json = dict[str, Any]

XHTML: Final = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Ids and addresses inside one message: name-based UUIDs (version 5), so that the same message is written the same.

    `seed` sets one message apart from another; a label names a resource within it ("patient", "function[2]").
    """

    seed: str

    def id(self, label: str) -> str:
        """The id of the resource with that label."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{systems.BASE}/{self.seed}#{label}"))

    def url(self, label: str) -> str:
        """Its address, as `fullUrl` and in references."""
        return f"urn:uuid:{self.id(label)}"

    def reference(self, label: str) -> Json:
        """A Reference to it."""
        return {"reference": self.url(label)}

    def entry(self, label: str, resource: Json) -> Json:
        """The Bundle entry of a resource that has no id of its own yet."""
        rest = {name: value for name, value in resource.items() if name != "resourceType"}
        named = {"resourceType": resource["resourceType"], "id": self.id(label), **rest}
        return {"fullUrl": self.url(label), "resource": named}


def endpoint(her_id: str) -> str:
    """The address of a system in the health network; raises ValueError unless the HER-id is plain digits."""
    if not (her_id.isascii() and her_id.isdigit()):
        raise ValueError("a HER-id is written in digits")
    return f"{systems.HER_ID}.{her_id}"


def sender_endpoint(sender: str) -> str | None:
    """The address of a sender of messages ("her:8143060"); any other key is a digest that leads nowhere, and None."""
    her = sender.removeprefix("her:")
    return endpoint(her) if her != sender and her.isascii() and her.isdigit() else None


def compact(members: Mapping[str, Any]) -> Json:
    """The members that hold something, in their order: absent is None, an empty list or an empty object."""
    return {name: value for name, value in members.items() if value is not None and value not in ([], {})}


def concept(*codings: Coding) -> Json:
    """A CodeableConcept of these codings."""
    return {"coding": [{"system": coding.system, "code": coding.code} for coding in codings]}


def own(vocabulary: str, code: str | None) -> Json | None:
    """A concept in one of our own code systems; None for no code."""
    return None if code is None else concept(Coding(systems.CODE_SYSTEM + vocabulary, code))


def item_code(item: str) -> Json:
    """The concept that says which item of the certificate a section or a statement is."""
    return concept(Coding(systems.CODE_SYSTEM + "certificate-item", item))


def identifier(system: str, value: str) -> Json:
    """An Identifier; a system that nobody knows is left out."""
    return compact({"system": system or None, "value": value})


def quantity(amount: Quantity | None) -> Json | None:
    """A Quantity or Duration in UCUM, the number exactly as it is held."""
    if amount is None:
        return None
    return {"value": amount.value, "system": systems.UCUM, "code": amount.unit}


def period(span: Period) -> Json:
    """A Period; nothing when both ends are open."""
    return compact({"start": span.start, "end": span.end})


def notes(text: str | None) -> list[Json]:
    """Annotations with one text, none for no text."""
    return [] if text is None else [{"text": text}]


def extension(name: str, kind: str, value: Any) -> list[Json]:  # noqa: ANN401  A FHIR value of any type.
    """One of our extensions with `value<kind>`; none for no value."""
    return [] if value is None else [{"url": systems.STRUCTURE_DEFINITION + name, f"value{kind}": value}]


def links(source: str | None, diagnosis: Json | None = None) -> list[Json]:
    """The extensions that say on what ground a statement rests, and which diagnosis it follows from."""
    return [*extension("source", "Code", source), *extension("diagnosis-link", "Reference", diagnosis)]


def part(name: str, kind: str, value: Any) -> list[Json]:  # noqa: ANN401  A FHIR value of any type.
    """A component that is one part of a statement; none for no value."""
    if value is None:
        return []
    return [{"code": own("statement-part", name), f"value{kind}": value}]


def coded_part(name: str, vocabulary: str, code: str | None) -> list[Json]:
    """A part whose value is one of our codes."""
    return part(name, "CodeableConcept", own(vocabulary, code))


def limit_parts(limits: Iterable[Limit]) -> list[Json]:
    """The components that say how much."""
    return [{"code": own("limit", limit.kind), "valueQuantity": quantity(limit.quantity)} for limit in limits]


def generated(text: str) -> Json:
    """A narrative of one line of ours."""
    return {"status": "generated", "div": f'<div xmlns="{XHTML}">{text}</div>'}
