"""An application whose callers must log in, and callers of every kind, for tests over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from certgateway.services.gateway import Gateway
from certgateway.trust.issuers import ProfileName
from tests.tokens import ADDRESS, ORGANISATION, Private, issuers, proof, token

Json = dict[str, Any]
OTHER_ORGANISATION = "974760673"
HER, OTHER_HER, SECOND_HER = "8143060", "8143999", "8143061"
STRANGER: Json = {"helseid://claims/client/claims/orgnr_parent": OTHER_ORGANISATION}
"""What makes a token of HelseID's that of another organisation."""


@dataclass(frozen=True)
class Registered:
    """A register with what it is given."""

    known: Mapping[str, frozenset[str]]

    def her_ids(self, organisation: str) -> frozenset[str]:
        return self.known.get(organisation, frozenset())


KITH_OFFICE: Json = {
    "helseid://claims/client/claims/orgnr_parent": "916554834",
    "helseid://claims/hpr/hpr_number": "8245519",
}
"""The office and the doctor of the whole message in KITH's form."""
REGISTER = Registered(
    {
        ORGANISATION: frozenset({HER, SECOND_HER}),
        OTHER_ORGANISATION: frozenset({OTHER_HER}),
        "916554834": frozenset({"8160733"}),
    }
)


def guarded(gateway: Gateway, register: Registered | None = REGISTER) -> Gateway:
    """The gateway as one that callers log in to."""
    return replace(gateway, issuers=issuers(), register=register)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token of a profile; `claims` are what is other than usual in it."""

    client: TestClient
    profile: ProfileName = "helseid"
    claims: Json | None = None
    key: Private | None = None

    def ask(self, method: str, path: str, content: bytes | None = None, **more: Any) -> Response:  # noqa: ANN401
        """The answer to a request with a token and, where the profile demands one, a proof of its own."""
        made = token(self.profile, self.claims)
        headers = {"Authorization": f"Bearer {made}"}
        if self.profile == "helseid":
            bare = path.partition("?")[0]
            named = {"htm": method, "htu": f"{ADDRESS}{bare}"}
            headers = {"Authorization": f"DPoP {made}", "DPoP": proof(made, named, key=self.key)}
        headers |= more.pop("headers", {})
        found: Response = self.client.request(method, path, content=content, headers=headers, **more)
        return found

    def get(self, path: str, **more: Any) -> Response:  # noqa: ANN401
        return self.ask("GET", path, **more)

    def post(self, path: str, content: bytes | None = None, **more: Any) -> Response:  # noqa: ANN401
        return self.ask("POST", path, content, **more)
