"""Nobody gets in by any of the hostile credentials, nothing breaks over them, and none of them is told again."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.gateway import Gateway
from certgateway.trust.seal import create_key_file
from tests.functional.entrance import HER, guarded
from tests.hostile.tokens import bearer, cases, presented
from tests.tokens import AT, token

CASES = cases()
PATH = f"/messages?receiver={HER}"
AT_LEAST = 150
ECHO = 16
"""Characters of what was presented, in a row, that an answer must not have."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("hostile")
    create_key_file(folder / "key")
    house = bootstrap.build_house("synthetic")
    made = bootstrap.gateway_on(f"sqlite:///{folder}/hostile.db", folder / "key", house)
    yield guarded(replace(made, clock=lambda: AT))
    made.store.close()


@pytest.fixture(scope="module")
def door(gateway: Gateway) -> Iterator[TestClient]:
    with TestClient(create_app(gateway, Settings.model_construct(persons="synthetic"))) as opened:
        yield opened


def noted(gateway: Gateway) -> int:
    with gateway.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM used_proof").scalar_one())


def test_there_are_enough_of_them_and_no_two_are_one() -> None:
    assert len(CASES) >= AT_LEAST
    assert len({json.dumps(headers) for headers in CASES.values()}) == len(CASES)


def test_good_ones_of_the_same_make_are_taken(door: TestClient, gateway: Gateway) -> None:
    before = noted(gateway)
    for profile in ("helseid", "maskinporten", "sandbox"):
        answer = door.get(PATH, headers=dict(presented(profile, token(profile))))
        assert answer.status_code == 200, profile
    assert noted(gateway) == before + 1
    # Entra's are taken for what they are, and may not do this.
    assert door.get(PATH, headers=dict(bearer(token("entra")))).status_code == 403


@pytest.mark.parametrize("name", CASES)
def test_none_is_taken_none_breaks_anything_and_none_is_repeated(
    door: TestClient, gateway: Gateway, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, headers = noted(gateway), CASES[name]
    with caplog.at_level(logging.DEBUG):
        answer = door.get(PATH, headers=[(key.encode(), value.encode("latin-1")) for key, value in headers])
    assert answer.status_code in ({401, 431} if sum(len(value) for _, value in headers) > 16_000 else {401})
    assert answer.headers["Content-Type"] == "application/problem+json"
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"]
    # Nobody but who has a good token and its key writes anything down.
    assert noted(gateway) == before
    told = answer.text + str(answer.headers) + "".join(record.getMessage() for record in caplog.records)
    for _, value in headers:
        assert not any(value[at : at + ECHO] in told for at in range(0, len(value) - ECHO, ECHO))
