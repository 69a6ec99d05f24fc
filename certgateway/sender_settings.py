"""The settings of one registered sender: a table of the TOML key `senders`, an object of the list in the environment.

Nothing here may open a file that a setting names, or hold one sender against another: `bootstrap` does.
"""

import re
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from certgateway.domain.findings import Policy
from certgateway.domain.persons import is_organisation_number

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def _plain(given: object) -> object:
    """A thumbprint as programs show it, with colons, blanks or capitals, is the same thumbprint."""
    return re.sub(r"[\s:]", "", given).lower() if isinstance(given, str) else given


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError("must be the SHA-256 thumbprint of a certificate: 64 hexadecimal digits")
    return text


def _organisation(text: str) -> str:
    if not is_organisation_number(text):
        raise ValueError("must be an organisation number: nine digits, of which the last is right")
    return text


class SenderSettings(BaseModel):
    """Who may write under which HER-ids, and how it is known that they have."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    her: tuple[Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,9}$")], ...] = Field(
        min_length=1, description="The HER-ids that the sender writes under, without leading zeros"
    )
    organisation: Annotated[str, AfterValidator(_organisation)] | None = Field(
        default=None, description="Its organisation number, nine digits"
    )
    thumbprints: tuple[Annotated[str, BeforeValidator(_plain), AfterValidator(_sha256)], ...] = Field(
        default=(), description="SHA-256 of the certificates that it signs XML with; an issuer must be trusted"
    )
    certificates: tuple[Path, ...] = Field(
        default=(), description="PEM files with such certificates, which are then trusted without an issuer"
    )
    keys: tuple[Path, ...] = Field(
        default=(), description="Files with its public keys for signatures of JSON (JWK, or a JWK set)"
    )
    fhir_policy: Policy | None = Field(
        default=None, description="What a missing required item does to its FHIR messages, in place of `fhir_policy`"
    )
    kith_policy: Policy | None = Field(
        default=None, description="What a missing required item does to its KITH messages, in place of `kith_policy`"
    )

    @model_validator(mode="after")
    def _known_by_something(self) -> Self:
        if self.organisation is None and not self.must_sign:
            raise ValueError("organisation, thumbprints, certificates or keys must be set: else nothing shows who sent")
        return self

    @property
    def must_sign(self) -> bool:
        """Whether it is told what the sender signs with, so that nothing unsigned is taken from it."""
        return bool(self.thumbprints or self.certificates or self.keys)
