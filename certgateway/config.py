"""Every setting, with its meaning and default. Read from `CERTGATEWAY_*` in the environment, then from a TOML file.

The environment wins. `certgateway config` prints what is in force; the table in docs/settings.md is made from here.
Nothing here may open a file or a connection that a setting names.
"""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from certgateway.domain.attachments import AttachmentPolicy, media_type
from certgateway.domain.errors import MisconfiguredError
from certgateway.hpr_settings import HprSettings
from certgateway.issuer_settings import IssuerSettings
from certgateway.sender_settings import SenderSettings
from certgateway.services.bounds import Bounds
from certgateway.trust.scanner import parse_address
from certgateway.trust.webhooks import Content, Format, parse_secrets, parse_url

_ATTACHMENTS: Final = AttachmentPolicy()
_BOUNDS: Final = Bounds()
_LONGEST: Final = 3600
"""Seconds; no request is worth more."""


def _lower(most: int, description: str) -> int:
    """A limit of the parsers: it can be set lower. Nothing was measured with a higher one."""
    found: int = Field(default=most, ge=1, le=most, description=description)
    return found


def _separated(given: object) -> object:
    """In the environment a list is one text with commas."""
    return [part for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _address(text: str) -> str:
    """The text of an address, once it is known to be one."""
    parse_address(text)
    return text


_MediaType = Annotated[str, AfterValidator(media_type), StringConstraints(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$")]


def _secret(given: SecretStr) -> SecretStr:
    """The same, once it is known to hold secrets."""
    parse_secrets(given.get_secret_value())
    return given


_Days = Annotated[int, Field(ge=1, le=36500)] | None


class WebhookSettings(BaseModel):
    """Where the messages to one receiver are posted; a table of the TOML key `webhooks`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    receiver: str = Field(pattern=r"^[0-9]{1,10}$", description="The HER-id of the receiver")
    url: Annotated[str, AfterValidator(parse_url)] = Field(
        description="Where its messages are posted: https://..., or http:// on this machine"
    )
    secret: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(
        default=None,
        description="What they are signed with: whsec_ and Base64; two with a space between them while one is replaced",
    )
    secret_file: Path | None = Field(
        default=None, description="A file that holds the secret instead; not to be read by others than its owner"
    )
    format: Format = Field(default="fhir-json", description="The form of a message")
    content: Content = Field(
        default="message", description="What is posted: the message itself, or a notice that it can be fetched"
    )

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.secret is None) == (self.secret_file is None):
            raise ValueError("either secret or secret_file must be set")
        return self


def _one_for_each(webhooks: tuple[WebhookSettings, ...]) -> tuple[WebhookSettings, ...]:
    if len({each.receiver for each in webhooks}) < len(webhooks):
        raise ValueError("a receiver may have one webhook only")
    return webhooks


def _one_of_each_name(issuers: tuple[IssuerSettings, ...]) -> tuple[IssuerSettings, ...]:
    if len({each.issuer for each in issuers}) < len(issuers):
        raise ValueError("an issuer may be named once only")
    return issuers


class UnitSettings(BaseModel):
    """Which of NAV's units a group of counsellors is; a table of the TOML key `units`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str = Field(min_length=1, max_length=255, description="The group, to the letter as in a token's `groups`")
    unit: str = Field(pattern=r"^[0-9]{4}$", description="The number of the unit")


def _one_unit_each(units: tuple[UnitSettings, ...]) -> tuple[UnitSettings, ...]:
    if len({each.group for each in units}) < len(units):
        raise ValueError("a group may be one unit only")
    return units


class Settings(BaseSettings):
    """The gateway's settings; each is the environment variable `CERTGATEWAY_<NAME>` and the TOML key `<name>`."""

    model_config = SettingsConfigDict(env_prefix="CERTGATEWAY_", extra="forbid", frozen=True)

    database: str = Field(
        default="sqlite:///certgateway.db", description="Where messages are kept: sqlite:///file or postgresql://..."
    )
    database_tls: Literal["verify", "unverified"] = Field(
        default="verify",
        description="PostgreSQL on another machine: only by TLS with its certificate verified, or as its URL says",
    )
    key_file: Path = Field(
        default=Path("certgateway.key"),
        description="The keys that wrap all data keys, see below; mode 0600",
    )
    persons: Literal["synthetic", "real"] = Field(
        description="Which personal numbers belong here: synthetic in test environments, real in production"
    )
    her: str = Field(default="8140000", pattern=r"^[0-9]{1,10}$", description="The gateway's own HER-id, in receipts")
    fhir_policy: Literal["reject", "hold"] = Field(
        default="reject", description="What a missing required item does to a FHIR message"
    )
    kith_policy: Literal["reject", "hold"] = Field(
        default="hold", description="What a missing required item does to a KITH message"
    )
    missing_questions: Literal["draft", "send"] = Field(
        default="draft",
        description="Questions for what an incomplete certificate lacks: left for a counsellor to send, or sent now",
    )
    apprec_incomplete_status: Literal["1", "3"] = Field(
        default="3",
        description="AppRec status of a certificate that is held as incomplete: 1 is OK, 3 is OK with faults in a part",
    )
    kith_letters: bool = Field(
        default=False,
        description="Whether a message in KITH's form brings a letter (PDF) too, for systems that show nothing else",
    )
    kith_schemas: Path | None = Field(
        default=None, description="Folder with the official XSDs of the KITH messages, to be used instead of ours"
    )
    attachment_types: Annotated[tuple[_MediaType, ...], NoDecode, BeforeValidator(_separated)] = Field(
        default=_ATTACHMENTS.types,
        min_length=1,
        description="Media types of the attachments that are taken; with commas between them in the environment",
    )
    attachment_largest: int = Field(
        default=_ATTACHMENTS.largest, ge=1, description="Largest attachment that is taken, in bytes"
    )
    attachment_most: int = Field(
        default=_ATTACHMENTS.most,
        ge=0,
        description="Most attachments that are taken with one certificate; 0 is none",
    )
    clamd: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None,
        description="ClamAV's daemon, which scans attachments: host:port or unix:/path; without it nothing is scanned",
    )
    signatures: Literal["ignore", "verify", "require"] = Field(
        default="ignore",
        description="Signatures: not looked at, verified where there is one, or demanded of every message",
    )
    trust_anchors: Path | None = Field(
        default=None, description="PEM file with the certificates that are trusted, see below; for verify and require"
    )
    revocation: Literal["off", "listed", "require"] | None = Field(
        default=None, description="Revocation lists: not asked, asked where there are any, or required; see below"
    )
    rsa_2048_until: date | None = Field(
        default=None, description="The day (UTC) from which RSA keys of 2048 to 3071 bits are refused; not set is now"
    )
    signing_key: Path | None = Field(
        default=None,
        description="PEM file with the private key that signs what we send, and its certificate; mode 0600",
    )
    retention_original: _Days = Field(
        default=None, description="Days that originals of certificates are kept; not set is for ever, see below"
    )
    retention_derived: _Days = Field(
        default=None, description="Days that a certificate, its versions, questions and answers are kept"
    )
    retention_refused: _Days = Field(
        default=None,
        description="Days that originals of refused messages and of those without a certificate are kept",
    )
    retention_dialogue: _Days = Field(
        default=None, description="Days that an order is kept that no certificate has come to"
    )
    retention_outbox: _Days = Field(
        default=None, description="Days that a message to a doctor's system is kept once it is settled"
    )
    webhooks: Annotated[tuple[WebhookSettings, ...], AfterValidator(_one_for_each)] = Field(
        default=(),
        description="Receivers to whose own systems messages are posted as well, see below; JSON in the environment",
    )
    senders: tuple[SenderSettings, ...] = Field(
        default=(), description="Registered senders: whose HER-ids are whose, see below; JSON in the environment"
    )
    unregistered_senders: Literal["take", "refuse"] = Field(
        default="take",
        description="Messages that no registered sender has signed: taken at their word with a note, or refused",
    )
    issuers: Annotated[tuple[IssuerSettings, ...], AfterValidator(_one_of_each_name)] = Field(
        default=(),
        description="Who may say who a caller is, see below; with any, every route but public ones demands a token",
    )
    ended_tokens: Path | None = Field(
        default=None, description="A file with whose tokens are taken no more, see below; read again when it changes"
    )
    people_url: Annotated[str, AfterValidator(parse_url)] | None = Field(
        default=None,
        description="The register that knows who a patient is to a counsellor; without it no counsellor sees anybody",
    )
    people_token_file: Path | None = Field(
        default=None, description="A file with the token that it is asked with; read anew for each look; mode 0600"
    )
    hpr: HprSettings | None = Field(default=None, description="Where authors are looked up, see below; nowhere without")
    units: Annotated[tuple[UnitSettings, ...], AfterValidator(_one_unit_each)] = Field(
        default=(), description="Counsellors' units by the groups of their tokens, see below; JSON in the environment"
    )
    override_hours: int = Field(
        default=8, ge=1, le=24, description="Hours that a patient of another unit's is open after a reason was given"
    )
    public_url: Annotated[str, AfterValidator(parse_url)] | None = Field(
        default=None, description="How callers address the gateway, for proofs of possession; by default host and port"
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on; loopback unless callers and senders are known, see below",
    )
    port: int = Field(default=8080, ge=1, le=65535, description="Port to listen on")
    body_limit: int = Field(default=_BOUNDS.size.whole, ge=1024, description="Largest request body in bytes")
    body_outside_attachments: int = Field(
        default=_BOUNDS.size.outside,
        ge=1024,
        description="How many bytes of a body may be something else than the Base64 data of attachments",
    )
    head_seconds: float = Field(
        default=10,
        gt=0,
        le=_LONGEST,
        description="Seconds that the head of a request may take to come, from its first byte",
    )
    body_seconds: float = Field(
        default=30,
        gt=0,
        le=_LONGEST,
        description="Seconds that the body of a request may take to come, from the end of the head",
    )
    request_seconds: float = Field(
        default=60,
        gt=0,
        le=_LONGEST,
        description="Seconds that a request may take in all, from the end of the head until its answer is fetched",
    )
    connections_at_once: int = Field(
        default=750,
        ge=1,
        description="Connections that may be open at once; for one more, the one that has waited longest unused goes",
    )
    requests_at_once: int = Field(
        default=64, ge=1, description="Requests that may wait or be worked on at once; the next one gets 503"
    )
    bodies_at_once: int = Field(
        default=256 * 1024 * 1024, ge=1024, description="Bytes of bodies that may be here at once; beyond it is 503"
    )
    sender_rate: float = Field(
        default=1000,
        gt=0,
        allow_inf_nan=False,
        description="Messages a second that are taken from one sender in the long run; else 429",
    )
    sender_burst: int = Field(
        default=2000, ge=1, description="Messages that are taken from one sender at once after a pause"
    )
    xml_depth: int = _lower(_BOUNDS.xml.depth, "Deepest nesting of a document in XML")
    xml_elements: int = _lower(_BOUNDS.xml.elements, "Most elements of a document in XML")
    xml_attributes: int = _lower(_BOUNDS.xml.attributes, "Most attributes and namespace declarations of an element")
    xml_namespaces: int = _lower(_BOUNDS.xml.namespaces, "Most different pairs of prefix and namespace in a document")
    xml_namespaces_in_scope: int = _lower(_BOUNDS.xml.namespaces_in_scope, "Most of them in force at one place")
    json_depth: int = _lower(_BOUNDS.json.depth, "Deepest nesting of a document in JSON")
    bundle_entries: int = _lower(_BOUNDS.entries, "Most entries of a Bundle")

    @model_validator(mode="after")
    def _limits_within_each_other(self) -> Self:
        # What cannot be met beside another: others are only without effect.
        for inner, outer in (("body_limit", "bodies_at_once"), ("body_seconds", "request_seconds")):
            if getattr(self, inner) > getattr(self, outer):
                raise ValueError(f"{inner} must not be more than {outer}")
        return self

    @property
    def address(self) -> str:
        """How callers address the gateway, without a stroke at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @model_validator(mode="after")
    def _anchored(self) -> Self:
        if (self.signatures == "ignore") != (self.trust_anchors is None):
            raise ValueError("trust_anchors must be set for signatures = verify or require, and for nothing else")
        if self.signatures == "ignore" and (self.revocation or self.rsa_2048_until):
            raise ValueError("revocation and rsa_2048_until are for signatures = verify or require")
        return self

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        if self.ended_tokens is not None and not self.issuers:
            raise ValueError("ended_tokens is for issuers")
        if self.people_token_file is not None and self.people_url is None:
            raise ValueError("people_token_file is for people_url")
        return self

    @model_validator(mode="after")
    def _senders_recognisable(self) -> Self:
        if self.unregistered_senders == "refuse" and not self.senders:
            raise ValueError("unregistered_senders = refuse would refuse everybody without senders")
        for index, sender in enumerate(self.senders):
            if sender.must_sign and self.signatures == "ignore":
                raise ValueError(f"senders[{index}] must sign, so that signatures must be verify or require")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  The library passes all of them by name.
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file: what an operator sets at start-up is meant."""
        return env_settings, init_settings


def load_settings(file: Path | None) -> Settings:
    """The settings of the environment over those of `file`. Raises MisconfiguredError naming every faulty setting."""
    given: dict[str, Any] = {}
    if file is not None:
        try:
            given = tomllib.loads(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise MisconfiguredError(f"the settings file {file} cannot be read: {error}") from error
    try:
        return Settings(**given)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}" for fault in error.errors())
        raise MisconfiguredError(f"settings: {'; '.join(faults)}") from None
    except SettingsError as error:
        # What cannot be read may be a secret: the library's own words are not passed on, but for the setting's name.
        named = re.search(r'field "([a-z_]+)"', str(error))
        raise MisconfiguredError(f"settings: {named[1] if named else 'lists'}: must be a list in JSON") from None
