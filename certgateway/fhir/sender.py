"""The organisation numbers by which a FHIR message names its sender, each with its place.

They are what the message says of itself: nothing here may judge a number, or take the author's organisation for the
sender's.
"""

from collections.abc import Iterator

from certgateway.domain.message import SenderNumber
from certgateway.domain.vocabulary.systems import ORGANISATION_NUMBER
from certgateway.fhir.reading import Message, Node
from certgateway.safejson import Tree


def sender_numbers(tree: dict[str, Tree]) -> Iterator[SenderNumber]:
    """The numbers that MessageHeader.sender gives by itself, and those of the Organization that it leads to.

    A PractitionerRole leads on to its organization. The header is the first of the Bundle, as for the message id.
    """
    resources = Message(tree).resources
    header = next((node for node in resources if node.value.get("resourceType") == "MessageHeader"), None)
    reference = header.get("sender") if header is not None else None
    if reference is None:
        return
    yield from _numbers(reference)
    role = reference.resolve()
    if role is not None and role.value.get("resourceType") == "PractitionerRole":
        # One step and no more, for roles could lead to one another in a ring.
        organisation = role.get("organization")
        yield from () if organisation is None else _numbers(organisation)


def _numbers(reference: Node) -> Iterator[SenderNumber]:
    """What a Reference says of the organisation itself, and what the Organization says that it names."""
    own, target = reference.get("identifier"), reference.resolve()
    yield from () if own is None else _number(own)
    if target is not None and target.value.get("resourceType") == "Organization":
        for identifier in target.items("identifier"):
            yield from _number(identifier)


def _number(identifier: Node) -> Iterator[SenderNumber]:
    number = "".join((identifier.text("value") or "").split())
    if number and identifier.text("system") == ORGANISATION_NUMBER:
        yield SenderNumber(number, f"{identifier.path}.value")
