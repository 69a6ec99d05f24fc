"""A store on each of the two databases."""

from collections.abc import Iterator

import pytest

from certgateway.store.database import open_database
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer

SECRET = bytes(range(32))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(open_database(url), Sealer(SECRET))
    yield opened
    opened.close()
