"""Nothing of a person stands in the clear: not in files, journal or columns, not even before the commit."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from certgateway.store.database import open_database
from certgateway.store.evidence import open_original
from certgateway.store.schema import migrate
from certgateway.store.tables import case, data_key, message, metadata, original, version
from certgateway.store.transactions import Store
from certgateway.trust.cipher import Cipher
from certgateway.trust.seal import SealBrokenError, Sealer
from tests.integration.store.conftest import SECRET
from tests.integration.store.walk import (
    ARRIVAL,
    NAME,
    NUMBER,
    PROSE,
    SENDER,
    accepted,
    case_of,
    failed,
    identifier,
    refused,
    walk,
)

CERTIFICATE_ID = "urn:uuid:6a5f0a56-5d0e-4f5b-9f0e-7d4a1b1c2d3e"
SECRETS = (NAME, NUMBER, PROSE, CERTIFICATE_ID, "urn:made-up", "secret-code", "somethingOfTheSenders")


class Open(Cipher):
    """Seals nothing."""

    def seal(self, plain: bytes, context: str) -> bytes:  # noqa: ARG002
        return plain

    def open(self, sealed: bytes, context: str) -> bytes:  # noqa: ARG002
        return sealed


class Unsealed(Sealer):
    """Its keys seal nothing, to show that the search below would find what is there."""

    def new_key(self, context: str) -> tuple[str, bytes, Cipher]:
        kek, wrapped, _ = super().new_key(context)
        return kek, wrapped, Open(SECRET)

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> Cipher:  # noqa: ARG002
        return Open(SECRET)


def spellings(secret: str) -> Iterator[bytes]:
    plain = secret.encode()
    yield plain
    yield secret.encode("utf-16-le")
    yield plain.hex().encode()
    yield secret.encode("unicode_escape")
    # Base64 in its three alignments, without the ends that depend on the neighbours.
    for shift in range(3):
        yield base64.b64encode(b"." * shift + plain)[4:-4]


def hits(content: bytes) -> set[str]:
    return {secret for secret in SECRETS for spelling in spellings(secret) if spelling in content}


def fill(store: Store) -> None:
    walk(store, accepted("m-1"))
    walk(store, refused("m-2"))
    with store.transaction() as unit:
        unit.append_failure(failed(refused("m-3")))
        unit.append_conflict(SENDER, "m-1", "d" * 64, f"{NAME} {NUMBER} {PROSE}".encode(), ARRIVAL)


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def columns(store: Store) -> bytes:
    """Every value of every row, as bytes."""
    content = bytearray()
    with store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for value in (value for row in connection.execute(select(table)) for value in row):
                content += value if isinstance(value, bytes) else str(value).encode()
    return bytes(content)


def test_no_column_holds_a_secret_in_the_clear(store: Store) -> None:
    fill(store)
    assert hits(columns(store)) == set()


def test_no_file_of_sqlite_holds_a_secret_in_the_clear(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    store = Store(open_database(f"sqlite:///{folder}/store.sqlite3"), Sealer(SECRET))
    migrate(store.engine)
    fill(store)
    kept = accepted("m-4", 2)
    with store.transaction() as unit:
        # So small a cache spills into the file before the commit.
        unit.connection.execute(text("PRAGMA cache_size = 1"))
        unit.record_message(replace(kept, raw=kept.raw * 3000), case_of(unit, kept))
        during = files(folder)
    assert {path.name for path in folder.iterdir()} == {"store.sqlite3", "store.sqlite3-journal"}
    store.close()
    assert len(during) > 2 * 3000 * len(PROSE)
    assert hits(during) | hits(files(folder)) == set()


def test_the_search_finds_what_is_not_sealed(url: str) -> None:
    store = Store(open_database(url), Unsealed(SECRET))
    migrate(store.engine)
    fill(store)
    found = hits(columns(store))
    store.close()
    assert found == {NAME, NUMBER, PROSE, CERTIFICATE_ID}


def test_what_is_deleted_is_overwritten_in_the_file(tmp_path: Path) -> None:
    store = Store(open_database(f"sqlite:///{tmp_path}/store.sqlite3"), Unsealed(SECRET))
    migrate(store.engine)
    with store.transaction() as unit:
        unit.append_failure(failed(refused("m-1", f"{NAME} first".encode())))
    assert NAME.encode() in files(tmp_path)
    again = replace(refused("m-1", b"retry"), content_digest=refused("m-1", f"{NAME} first".encode()).content_digest)
    walk(store, again)
    store.close()
    assert NAME.encode() not in files(tmp_path)


def test_another_key_opens_nothing(store: Store) -> None:
    fill(store)
    stranger = Store(store.engine, Sealer(bytes(32)))
    with pytest.raises(SealBrokenError):
        open_original(stranger, accepted("m-1").uuid)
    with stranger.reading() as read, pytest.raises(SealBrokenError):
        read.current_version(identifier("case"))


def test_an_original_moved_to_another_message_does_not_open(store: Store) -> None:
    fill(store)
    with store.engine.begin() as connection:
        sealed = select(original.c.sealed).where(original.c.message == accepted("m-1").uuid).scalar_subquery()
        moved = original.update().where(original.c.message == refused("m-2").uuid).values(sealed=sealed)
        connection.execute(moved)
    with pytest.raises(SealBrokenError):
        open_original(store, refused("m-2").uuid)


def test_a_data_key_moved_to_another_row_opens_nothing(store: Store) -> None:
    fill(store)
    with store.engine.begin() as connection:
        (theirs,) = connection.execute(select(data_key).where(data_key.c.holder == refused("m-2").uuid))
        stolen = {"kek": theirs.kek, "wrapped": theirs.wrapped}
        of_the_case = data_key.update().where(data_key.c.holder == identifier("case"))
        connection.execute(of_the_case.values(stolen))
    with pytest.raises(SealBrokenError):
        open_original(store, accepted("m-1").uuid)
    with store.reading() as read, pytest.raises(SealBrokenError):
        read.current_version(identifier("case"))
    assert open_original(store, refused("m-2").uuid) == refused("m-2").raw


@pytest.mark.parametrize("column", ["class", "holder"])
def test_a_data_key_whose_row_says_something_else_opens_nothing(store: Store, column: str) -> None:
    walk(store, refused("m-2"))
    other = {"class": "derived", "holder": identifier("case")}[column]
    with store.engine.begin() as connection:
        connection.execute(data_key.update().values({column: other}))
    with pytest.raises(SealBrokenError):
        open_original(store, refused("m-2").uuid)


def test_what_is_original_and_what_is_derived_have_keys_of_their_own(store: Store) -> None:
    fill(store)
    with store.engine.connect() as connection:
        keys = connection.execute(select(data_key.c["class"], data_key.c.holder, data_key.c.case)).all()
        named = [bytes(each)[:17] for each in connection.scalars(select(original.c.sealed))]
        derived = [bytes(each)[:17] for each in connection.scalars(select(version.c.certificate))]
    case_ = identifier("case")
    assert sorted(map(tuple, keys), key=str) == sorted(
        [
            ("original", case_, case_),
            ("derived", case_, case_),
            ("original", refused("m-2").uuid, case_),
            ("original", failed(refused("m-3")).uuid, None),
        ],
        key=str,
    )
    assert len({*named, *derived}) == 4


def test_a_certificate_moved_to_another_version_does_not_open(store: Store) -> None:
    walk(store, accepted("m-1"))
    with store.engine.begin() as connection:
        connection.execute(version.update().values(number=2))
    with store.reading() as read, pytest.raises(SealBrokenError):
        read.versions(identifier("case"))


def test_a_removal_is_stored_as_item_and_path_only(store: Store) -> None:
    walk(store, refused("m-1"))
    with store.engine.connect() as connection:
        removed = connection.execute(select(message.c.removed)).scalar_one()
    assert removed == '[{"item":"benefit-type","path":"Bundle.entry[1].resource.event[0]"}]'


def test_a_finding_is_stored_without_its_culprit(store: Store) -> None:
    kept = refused("m-1")
    walk(store, replace(kept, findings=(replace(kept.findings[0], culprit="somethingOfTheSenders"),)))
    assert hits(columns(store)) == set()


def test_patient_and_certificate_are_looked_up_by_keyed_digest(store: Store) -> None:
    sealer = Sealer(SECRET)
    patient, certificate_id = sealer.digest(NUMBER, "patient"), sealer.digest(CERTIFICATE_ID, "certificate")
    kept = replace(accepted("m-1"), certificate_id=certificate_id)
    with store.transaction() as unit:
        unit.record_message(kept, case_of(unit, kept, patient=patient))
    with store.engine.connect() as connection:
        assert connection.execute(select(case.c.patient, case.c.certificate_id)).one() == (patient, certificate_id)
    with store.reading() as read:
        assert [found.uuid for found in read.cases_of_patient(patient)] == [identifier("case")]


def test_nothing_but_evidence_reads_the_originals() -> None:
    package = Path(__file__).resolve().parents[3] / "certgateway"
    names = {path.name for path in package.rglob("*.py") if "original.c." in path.read_text()}
    importers = {path.name for path in package.rglob("*.py") if "store.evidence" in path.read_text()}
    readers = {path.name for path in package.rglob("*.py") if "original.c.sealed" in path.read_text()}
    # Sealing anew opens them too, and gives them to nobody; deletion only deletes.
    assert names == {"evidence.py", "rotation.py", "purging.py"}
    assert readers == {"evidence.py", "rotation.py"}
    assert importers == {"unseal.py"}
