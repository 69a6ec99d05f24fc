"""A document in FHIR, in place or in a Binary: what its bytes are counts, and what is said of them is compared."""

import base64
import hashlib
import json
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.services.examine import examine
from tests.functional.messages import tree

HOUSE = bootstrap.build_house("synthetic")
PDF = "JVBERi0="
SUM = "6GUZUCson6BgvpmHylP3m4FZU4s="
DIGEST = hashlib.sha256(b"%PDF-").hexdigest()
SHA256 = "https://certgateway.example/fhir/StructureDefinition/sha256"


def read(at: int, said: dict[str, Any], binary: dict[str, Any] | None = None) -> tuple[str, bool]:
    """Type, and whether it is as stated, of the document in place (0) or beside (1)."""
    message = tree("good/every-mapped-element.json")
    holder = message["entry"][31 + at]["resource"]["content"][0]["attachment"]
    holder.pop("extension")
    holder.update(said)
    message["entry"][33]["resource"].update(binary or {})
    certificate = examine(json.dumps(message).encode(), "fhir-json", HOUSE).certificate
    assert certificate is not None
    found = certificate.attachment.entries[at]
    return found.content_type, found.as_stated


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize(
    "said, as_stated",
    [
        ({}, True),
        ({"size": 5}, True),
        ({"size": 4}, False),
        ({"size": 0}, False),
        ({"extension": [{"url": SHA256, "valueString": DIGEST}]}, True),
        ({"extension": [{"url": SHA256, "valueString": DIGEST.upper()}]}, True),
        ({"extension": [{"url": SHA256, "valueString": "0" * 64}]}, False),
        ({"extension": [{"url": SHA256, "valueString": DIGEST}], "size": 6}, False),
        # printf %PDF- | openssl sha1 -binary | base64
        ({"hash": SUM}, True),
        ({"hash": f"{SUM[:9]} \n{SUM[9:]}"}, True),
        ({"hash": SUM.swapcase()}, False),
        ({"hash": SUM, "size": 4}, False),
        ({"hash": base64.b64encode(bytes(20)).decode()}, False),
        ({"hash": base64.b64encode(hashlib.sha256(b"%PDF-").digest()).decode()}, False),
    ],
    ids=range(14),
)
def test_stated_size_and_digest_are_held_to_the_bytes(at: int, said: dict[str, Any], *, as_stated: bool) -> None:
    bytes_ = {"data": PDF}
    assert read(at, said | (bytes_ if at == 0 else {}), bytes_ if at else None) == ("application/pdf", as_stated)


@pytest.mark.parametrize(
    "beside, within, type_",
    [
        ("application/pdf", "application/pdf", "application/pdf"),
        ("application/pdf", "Application/PDF", "application/pdf"),
        ("image/png", "application/pdf", "other"),
        ("application/pdf", "image/png", "other"),
        ("image/png", "image/png", "other"),
    ],
    ids=range(5),
)
def test_what_two_say_differently_of_one_document_is_no_type(beside: str, within: str, type_: str) -> None:
    assert read(1, {"contentType": beside}, {"contentType": within, "data": PDF})[0] == type_


@pytest.mark.parametrize("data", ["MZ8=", "PHA+"])
def test_bytes_that_are_something_else_are_no_pdf(data: str) -> None:
    assert read(0, {"data": data}) == ("other", True)
