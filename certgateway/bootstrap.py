"""Wiring, in one place: what the services need is put together here and nowhere else.

`validate` builds a house and no more, so nothing at the top of this module may import a database or a settings library.
"""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from certgateway import codes
from certgateway.domain import vocabulary
from certgateway.domain.attachments import TAKEN, AttachmentPolicy
from certgateway.domain.body_size import BodySize
from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.findings import Policy
from certgateway.engine import Definitions, load_base, load_profiles
from certgateway.rules.declaration import InForce, Persons
from certgateway.safejson import JsonLimits
from certgateway.safexml import XmlLimits
from certgateway.services.bounds import MEASURED, Bounds
from certgateway.services.examine import House
from certgateway.services.verify import Signatures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.x509 import Certificate

    from certgateway.config import Settings, WebhookSettings
    from certgateway.domain.senders import Senders
    from certgateway.issuer_settings import IssuerSettings
    from certgateway.kith.schema import Tables
    from certgateway.services.gateway import Gateway
    from certgateway.services.hpr import Hpr
    from certgateway.services.people import People
    from certgateway.store.database import Tls
    from certgateway.store.transactions import Store
    from certgateway.trust.ended import FileEnded
    from certgateway.trust.issuers import Issuer, Keys
    from certgateway.trust.json_signatures import RegisteredKey
    from certgateway.trust.revocation import Policy as RevocationPolicy
    from certgateway.trust.scanner import Scanner
    from certgateway.trust.seal import Sealer
    from certgateway.trust.webhooks import Webhook
    from certgateway.trust.xml_signing import Signatory

PROFILES = Path(__file__).with_name("profiles")
DEFAULT_POLICIES: dict[str, Policy] = {"fhir-json": "reject", "fhir-xml": "reject", "kith": "hold", "unknown": "reject"}


@cache
def definitions() -> Definitions:
    """Base R4 and our own profiles."""
    return load_profiles(PROFILES, load_base())


def profile_versions() -> dict[str, InForce]:
    """When each version of our profiles may be used, from `profiles.toml`."""
    table = tomllib.loads((PROFILES / "profiles.toml").read_text("utf-8"))
    return {version: _in_force(row) for version, row in table["versions"].items()}


def _in_force(row: dict[str, object]) -> InForce:
    since, withdrawn = row.get("in_force"), row.get("withdrawn")
    return InForce(since if isinstance(since, date) else None, withdrawn if isinstance(withdrawn, date) else None)


def build_house(
    persons: Persons = "both",
    policies: dict[str, Policy] | None = None,
    *,
    kith_schemas: Path | None = None,
    attachments: AttachmentPolicy = TAKEN,
    bounds: Bounds = MEASURED,
    signatures: Signatures | None = None,
) -> House:
    """Everything that judging takes. Raises MisconfiguredError when the diagnosis tables have not been built."""
    try:
        diagnoses = codes.load()
    except codes.TableNotBuiltError as error:
        raise MisconfiguredError(str(error)) from error

    def titles(system: str, code: str) -> frozenset[str]:
        ours = (vocabulary.title(system, code, language) for language in vocabulary.LANGUAGES)
        return frozenset(title for title in (*ours, diagnoses.title(system, code)) if title)

    return House(
        definitions=definitions(),
        diagnoses=diagnoses,
        titles=titles,
        profiles=profile_versions(),
        policies=DEFAULT_POLICIES | (policies or {}),
        persons=persons,
        schemas=lambda: _kith_tables(kith_schemas),
        attachments=attachments,
        bounds=bounds,
        signatures=signatures,
    )


def signatures_of(
    demand: str,
    trust_anchors: Path | None,
    *,
    revocation: "RevocationPolicy | None" = None,
    rsa_2048_until: date | None = None,
    certificates: "tuple[Certificate, ...]" = (),
    keys: "Mapping[str, RegisteredKey] | None" = None,
) -> Signatures | None:
    """What is asked of signatures, None for nothing. Raises MisconfiguredError for anchors that cannot be used.

    `certificates` and `keys` are those of registered senders, which are trusted beside those of the file.
    """
    if demand == "ignore":
        return None
    if trust_anchors is None:
        raise MisconfiguredError("signatures cannot be verified without trust anchors")
    from certgateway.trust.anchors import FileAnchors  # noqa: PLC0415  Only who verifies pays for it.

    anchors = FileAnchors(trust_anchors, revocation, start_of(rsa_2048_until), certificates)
    return Signatures("require" if demand == "require" else "verify", anchors, keys or {})


def start_of(day: date | None) -> datetime | None:
    """The first moment of a day, UTC."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def keys_of(senders: "Senders") -> "Mapping[str, RegisteredKey]":
    """The keys that registered senders sign JSON with, by `kid`."""
    if not senders.registered:
        return {}
    from certgateway.trust import registration  # noqa: PLC0415  Only a gateway knows senders.

    return registration.keys_of(senders.registered)


def senders_of(settings: "Settings") -> "tuple[Senders, tuple[Certificate, ...]]":
    """The register of senders, and the certificates in its files. Raises MisconfiguredError for what cannot be used."""
    from certgateway.domain.senders import NOBODY, Sender, Senders  # noqa: PLC0415  Only a gateway knows senders.

    if not settings.senders:
        return NOBODY, ()
    from certgateway.trust.algorithms import LEGACY_RSA_BITS, RSA_BITS  # noqa: PLC0415  As above.
    from certgateway.trust.registration import read_certificates, read_keys, thumbprint  # noqa: PLC0415

    smallest = RSA_BITS if settings.rsa_2048_until is None else LEGACY_RSA_BITS
    senders: list[Sender] = []
    certificates: list[Certificate] = []
    for each in settings.senders:
        own = [one for path in each.certificates for one in read_certificates(path)]
        certificates += own
        sender = Sender(
            hers=frozenset(each.her),
            organisation=each.organisation,
            certificates=frozenset({*each.thumbprints, *map(thumbprint, own)}),
            keys=tuple(key for path in each.keys for key in read_keys(path, smallest)),
            fhir_policy=each.fhir_policy,
            kith_policy=each.kith_policy,
        )
        senders.append(sender)
    return Senders(senders), tuple(certificates)


def _kith_tables(folder: Path | None) -> "Tables":
    from certgateway.kith import schema  # noqa: PLC0415  With the first KITH message, or when a gateway starts.

    return schema.load(folder)


def store_on(database: str, sealer: "Sealer", tls: "Tls" = "verify") -> "Store":
    """The store in a database, whose tables are made or updated. MisconfiguredError as `open_database` has it."""
    from certgateway.store.database import open_database  # noqa: PLC0415  Only those who store pay for the database.
    from certgateway.store.schema import migrate  # noqa: PLC0415
    from certgateway.store.transactions import Store  # noqa: PLC0415

    engine = open_database(database, tls)
    migrate(engine)
    return Store(engine, sealer)


def store_of(settings: "Settings") -> "Store":
    """The store that the settings describe, with the keys of its key file."""
    from certgateway.trust.seal import Sealer  # noqa: PLC0415  Only those who store pay for it.

    return store_on(settings.database, Sealer.from_file(settings.key_file), settings.database_tls)


def gateway_on(
    database: str, key_file: Path, house: House | None = None, her: str = "8140000", tls: "Tls" = "verify"
) -> "Gateway":
    """A gateway on a database, whose tables are made or updated, and an existing key file."""
    from certgateway.services.gateway import Gateway  # noqa: PLC0415  Only those who store pay for the database.
    from certgateway.trust.seal import Sealer  # noqa: PLC0415

    sealer = Sealer.from_file(key_file)
    return Gateway(
        house=house or build_house(),
        store=store_on(database, sealer, tls),
        sealer=sealer,
        clock=now,
        new_id=lambda: str(uuid4()),
        her=her,
    )


def build_gateway(settings: "Settings") -> "Gateway":
    """The gateway that the settings describe."""
    policies: dict[str, Policy] = {
        "fhir-json": settings.fhir_policy,
        "fhir-xml": settings.fhir_policy,
        "kith": settings.kith_policy,
    }
    attachments = AttachmentPolicy(settings.attachment_types, settings.attachment_largest, settings.attachment_most)
    senders, certificates = senders_of(settings)
    house = build_house(
        settings.persons,
        policies,
        kith_schemas=settings.kith_schemas,
        attachments=attachments,
        bounds=bounds_of(settings),
        signatures=signatures_of(
            settings.signatures,
            settings.trust_anchors,
            revocation=settings.revocation,
            rsa_2048_until=settings.rsa_2048_until,
            certificates=certificates,
            keys=keys_of(senders),
        ),
    )
    from certgateway.prose import mark  # noqa: PLC0415  `validate` loads it with the first text.

    # A folder of schemas or a pattern file that cannot be understood stops the start, not the first message.
    house.schemas()
    mark("")
    gateway = gateway_on(settings.database, settings.key_file, house, settings.her, settings.database_tls)
    return replace(
        gateway,
        scanner=scanner_of(settings),
        apprec_status=settings.apprec_incomplete_status,
        asks_missing=settings.missing_questions == "send",
        webhooks=webhooks_of(settings),
        letters=settings.kith_letters,
        senders=senders,
        only_registered=settings.unregistered_senders == "refuse",
        signatory=signatory_of(settings),
        issuers=issuers_of(settings),
        ended=ended_of(settings),
        people=people_of(settings),
        hpr=hpr_of(settings),
        takes_unanswered=settings.hpr is not None and settings.hpr.unanswered == "take",
        units={each.group: each.unit for each in settings.units},
        override_hours=settings.override_hours,
        register=senders if senders.registered else None,
    )


def bounds_of(settings: "Settings") -> Bounds:
    """What a message may ask of those who read it."""
    return Bounds(
        BodySize(settings.body_limit, settings.body_outside_attachments),
        JsonLimits(depth=settings.json_depth),
        XmlLimits(
            depth=settings.xml_depth,
            elements=settings.xml_elements,
            attributes=settings.xml_attributes,
            namespaces=settings.xml_namespaces,
            namespaces_in_scope=settings.xml_namespaces_in_scope,
        ),
        settings.bundle_entries,
    )


def scanner_of(settings: "Settings") -> "Scanner | None":
    """What scans attachments for malware; None when no scanner is set. Nothing is asked of it yet."""
    from certgateway.trust.scanner import Clamd, parse_address  # noqa: PLC0415  Only a gateway scans.

    return Clamd(parse_address(settings.clamd)) if settings.clamd is not None else None


def webhooks_of(settings: "Settings") -> "dict[str, Webhook]":
    """Where messages are posted, by receiver. Raises MisconfiguredError for a secret's file that cannot be used."""
    from certgateway.trust.webhooks import Webhook, parse_secrets, read_secrets  # noqa: PLC0415  Only a gateway posts.

    def secrets(each: "WebhookSettings") -> tuple[str, ...]:
        if each.secret_file is not None:
            return read_secrets(each.secret_file)
        return parse_secrets(each.secret.get_secret_value() if each.secret else "")

    return {
        f"her:{each.receiver}": Webhook(each.url, secrets(each), each.format, each.content)
        for each in settings.webhooks
    }


def signatory_of(settings: "Settings") -> "Signatory | None":
    """Who signs what we send, if anybody. Raises MisconfiguredError for a file that cannot be used."""
    if settings.signing_key is None:
        return None
    from certgateway.trust.signing_key import read_signatory  # noqa: PLC0415  Only who signs pays for it.

    return read_signatory(settings.signing_key)


def issuers_of(settings: "Settings") -> "tuple[Issuer, ...]":
    """Who may say who a caller is. Raises MisconfiguredError for a file of keys that cannot be used."""
    from certgateway.trust.issuer_keys import FetchedKeys, FileKeys  # noqa: PLC0415  Only a gateway has callers.
    from certgateway.trust.issuers import Issuer, Login  # noqa: PLC0415

    def keys(each: "IssuerSettings") -> "Keys":
        return FileKeys(each.jwks_file) if each.jwks_file is not None else FetchedKeys(each.jwks_url or "")

    return tuple(
        Issuer(
            profile=each.profile,
            name=each.issuer,
            audience=each.audience,
            keys=keys(each),
            scope_prefix=each.scope_prefix,
            clients=frozenset(each.clients),
            tenant=each.tenant,
            login=Login(frozenset(each.login_methods), frozenset(each.login_contexts), each.login_seconds),
            leeway=each.leeway_seconds,
            longest=each.lifetime_seconds,
        )
        for each in settings.issuers
    )


def ended_of(settings: "Settings") -> "FileEnded | None":
    """Whose tokens are taken no more; None where no file tells. MisconfiguredError for one that cannot be used."""
    if settings.ended_tokens is None:
        return None
    from certgateway.trust.ended import FileEnded  # noqa: PLC0415  Only a gateway has callers.

    return FileEnded(settings.ended_tokens)


def people_of(settings: "Settings") -> "People | None":
    """Who knows who a patient is to a counsellor; None where nobody does. MisconfiguredError for an unusable token."""
    if settings.people_url is None:
        return None
    from certgateway.trust.people import HttpPeople  # noqa: PLC0415  Only a gateway has counsellors.

    return HttpPeople(settings.people_url, settings.people_token_file)


def hpr_of(settings: "Settings") -> "Hpr | None":
    """Who knows what an HPR number entitles to; None where nobody does. MisconfiguredError for an unusable token."""
    if settings.hpr is None:
        return None
    from certgateway.trust.hpr import HttpHpr  # noqa: PLC0415  Only a gateway asks.

    return HttpHpr(settings.hpr.url, seconds=settings.hpr.seconds, token_file=settings.hpr.token_file)


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)
