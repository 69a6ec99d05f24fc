"""The organisation numbers and HER-ids by which a FHIR message names its sender, each with its place.

They are what the message says of itself: nothing here may judge a number, or take the author's organisation for the
sender's.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.message import SenderNumber
from certgateway.domain.vocabulary.systems import HER_ID, ORGANISATION_NUMBER
from certgateway.fhir.reading import Message, Node
from certgateway.safejson import Tree

_WITHOUT_BLANKS: Final = dict.fromkeys(map(ord, " \t\r\n"))


def sender_numbers(tree: dict[str, Tree]) -> Iterator[SenderNumber]:
    """The numbers that MessageHeader.sender gives by itself, and those of the Organization that it leads to.

    A PractitionerRole leads on to its organization. The header is the first of the Bundle, as for the message id.
    """
    header = _header(tree)
    for identifier in () if header is None else _identifiers(header):
        number = (identifier.text("value") or "").translate(_WITHOUT_BLANKS)
        if number and identifier.text("system") == ORGANISATION_NUMBER:
            yield SenderNumber(number, f"{identifier.path}.value")


def sender_claims(tree: dict[str, Tree]) -> Iterator[SenderNumber]:
    """What stands where HER-ids do: the endpoint, whatever it is, then the identifiers of the sender, as written.

    Without an endpoint, one empty one at the nearest place that is there.
    """
    header = _header(tree)
    source = None if header is None else header.get("source")
    endpoint = None if source is None else source.text("endpoint")
    if source is not None and endpoint:
        yield SenderNumber(endpoint, f"{source.path}.endpoint", is_address=True)
    else:
        nearest = next((each.path for each in (source, header) if each is not None), str(tree.get("resourceType")))
        yield SenderNumber("", nearest)
    for identifier in () if header is None else _identifiers(header):
        # As people would read it: who hides behind a capital letter says the same.
        if (identifier.text("system") or "").strip().lower() == HER_ID and (value := identifier.text("value")):
            yield SenderNumber(value, f"{identifier.path}.value")


def _header(tree: dict[str, Tree]) -> Node | None:
    resources = Message(tree).resources
    return next((node for node in resources if node.value.get("resourceType") == "MessageHeader"), None)


def _identifiers(header: Node) -> Iterator[Node]:
    """Those of the sender itself, and of the organisation that a role leads to."""
    reference = header.get("sender")
    if reference is None:
        return
    yield from _of_organisation(reference)
    role = reference.resolve()
    if role is not None and role.value.get("resourceType") == "PractitionerRole":
        # One step and no more, for roles could lead to one another in a ring.
        organisation = role.get("organization")
        yield from () if organisation is None else _of_organisation(organisation)


def _of_organisation(reference: Node) -> Iterator[Node]:
    """What a Reference says of the organisation itself, and what the Organization says that it names."""
    own, target = reference.get("identifier"), reference.resolve()
    yield from () if own is None else (own,)
    if target is not None and target.value.get("resourceType") == "Organization":
        yield from target.items("identifier")
