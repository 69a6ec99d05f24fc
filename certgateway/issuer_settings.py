"""The settings of one issuer of tokens: a table of the TOML key `issuers`, an object of the list in the environment.

Nothing here may open a file or a connection that a setting names.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from certgateway.trust.webhooks import parse_url

_Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]


class IssuerSettings(BaseModel):
    """Who may say who a caller is; a table of the TOML key `issuers`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The sandbox's issuer hands out broken tokens, and is none that a service could have.
    profile: Literal["helseid", "maskinporten", "entra"] = Field(description="What its tokens look like")
    issuer: str = Field(pattern=r"^[!-~]{1,255}$", description="Its name, to the letter as in `iss`")
    audience: str = Field(
        min_length=1, max_length=255, description="What it calls this gateway, to the letter as in `aud`"
    )
    jwks_url: Annotated[str, AfterValidator(parse_url)] | None = Field(
        default=None, description="Where its public keys are: https://..., or http:// on this machine"
    )
    jwks_file: Path | None = Field(default=None, description="A file with its public keys (JWKS) instead")
    scope_prefix: str = Field(
        default="", pattern=r"^[!#-\[\]-~]{0,200}$", description="What stands before the verb in a scope"
    )
    clients: tuple[str, ...] = Field(default=(), description="Ids of the clients that may come by it; all without any")
    tenant: str | None = Field(default=None, description="Entra's tenant, as in `tid`; for that profile and no other")
    login_methods: tuple[_Word, ...] = Field(
        default=(), description="What a counsellor's `amr` must hold, every one of them (Entra); nothing without any"
    )
    login_contexts: tuple[_Word, ...] = Field(
        default=(), description="What a counsellor's `acrs` must hold, every one of them (Entra); nothing without any"
    )
    login_seconds: int | None = Field(
        default=None,
        ge=60,
        le=86_400,
        description="How long ago a counsellor may have logged in, by `auth_time` (Entra)",
    )
    leeway_seconds: int = Field(default=5, ge=0, le=60, description="How far its clock and ours may be apart")
    lifetime_seconds: int | None = Field(
        default=None,
        ge=1,
        le=86_400,
        description="How long its tokens may live; by default 3600 for helseid, 120 for maskinporten, 7200 for entra",
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("either jwks_url or jwks_file must be set")
        if (self.profile == "entra") != (self.tenant is not None):
            raise ValueError("tenant must be set for entra, and for nothing else")
        if self.profile != "entra" and (self.login_methods or self.login_contexts or self.login_seconds):
            raise ValueError("login_methods, login_contexts and login_seconds are for entra, and for nothing else")
        return self
