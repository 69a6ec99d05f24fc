"""After everything that a gateway does, no file and no column tells of anybody: the bytes are searched as they lie."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.cli.made_up_hpr import CLINICIANS
from certgateway.domain.access_record import Access, Override, Reader
from certgateway.services.examine import House
from certgateway.store.deeds import Deed, record_deed
from certgateway.store.tables import metadata
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.receiving import SECRET, Desk, desk
from tests.integration.scenario import play, secrets
from tests.open_seal import OpenSealer
from tests.property.leaks import traces

WHO = "Vakthavende Kari Lege"
COUNSELLOR = "entra:Z990099"
REASON = "Vikarierer for en kollega i dag"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture(params=[Sealer, OpenSealer])
def at_desk(url: str, house: House, request: pytest.FixtureRequest) -> Iterator[Desk]:
    opened = desk(url, house)
    sealer = request.param(SECRET)
    store = Store(opened.gateway.store.engine, sealer)
    opened.gateway = replace(opened.gateway, store=store, sealer=sealer, hpr=CLINICIANS)
    yield opened
    opened.gateway.store.close()


def test_no_byte_tells_of_a_person_and_without_the_seal_every_one_would(at_desk: Desk, tmp_path: Path) -> None:
    scene = play(at_desk)
    with at_desk.gateway.store.transaction() as unit:
        now, who = at_desk.clock.now, Reader(COUNSELLOR, "counsellor", unit="0219")
        record_deed(unit, Deed("deed", now, "held", scene.case, WHO, "Innsyn"))
        look = Access("look", now, scene.case, None, "0" * 64, who, "read-assessment", is_allowed=True, basis="unit")
        unit.record_access(look)
        unit.record_access(Override("why", now, now, scene.case, "0" * 64, "0" * 64, who, REASON))
    content = bytearray()
    with at_desk.gateway.store.engine.connect() as connection:
        tables = metadata.sorted_tables
        # Nobody signs or logs in here, and nothing waits or is posted.
        assert {table.name for table in tables if connection.execute(select(table)).first() is None} == {
            "detached",
            "fulfilment",
            "posting",
            "signed_receipt",
            "used_proof",
            "vouched",
        }
        for table in tables:
            for value in (value for row in connection.execute(select(table)) for value in row):
                content += value if isinstance(value, bytes) else str(value).encode()
    for file in tmp_path.iterdir():
        content += file.read_bytes()
    words = [*secrets(), WHO, COUNSELLOR, REASON]
    found = {word for word in words if traces(bytes(content), word)}
    assert found == (set(words) if isinstance(at_desk.gateway.sealer, OpenSealer) else set())
