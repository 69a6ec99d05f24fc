"""What holds for every test: how hypothesis searches, and whose lines are counted.

Fixtures live beside the tests that use them.
"""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.canary import CANARY

# Two shared cores make wall-clock deadlines lie; CPU budgets have tests of their own. CI searches the same examples on
# every run, so that a red build is red for its change; while developing, every run looks somewhere new.
settings.register_profile("develop", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("develop"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "develop")

# The packages that decide about people must be covered whole, and by their own tests: what a test of the whole gateway
# happens to pass through is not tested by it. Counting lines elsewhere would take longer than all else.
_PACKAGES = ("domain", "rules", "prose", "trust")
_COUNTED = tuple(Path(__file__).parent / "unit" / package for package in _PACKAGES)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Lines are counted where tests that count meet others, and no more after those.

    pytest-cov's own marker for tests that do not count has their fixtures counted all the same, and each time it starts
    again it looks through all modules: more than a millisecond for each of ten thousand tests.
    """
    plugin = item.config.pluginmanager.getplugin("_cov")
    counting = plugin.cov_controller if plugin else None
    counts = _is_counted(item.path)
    if counting and counting.started != counts:
        (counting.resume if counts else counting.pause)()


def pytest_collection_finish() -> None:
    # Every worker holds all tests, and what their modules made, until its end: nothing that a collector must look
    # through again, as some tests ask it to before whatever they measure.
    gc.collect()
    gc.freeze()


def _is_counted(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _COUNTED)


@pytest.fixture(scope="session", autouse=True)
def _canary() -> Iterator[None]:
    """Nothing of a person leaves by a log line of the whole run, a metric, an address or an error (tests/canary.py)."""
    loggers = [logging.getLogger(), *map(logging.getLogger, ("uvicorn", "uvicorn.access", "uvicorn.error"))]
    for logger in loggers:
        logger.addHandler(CANARY)
    yield
    for logger in loggers:
        logger.removeHandler(CANARY)
    assert CANARY.found == set(), "somebody was told of where nobody may be"


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_remembered(request: pytest.FixtureRequest) -> None:
    """What is made once for a process must be made in a test that counts, whichever test comes first."""
    if not _is_counted(request.path):
        return
    counted = tuple(f"certgateway.{package}" for package in _PACKAGES)
    for name, module in list(sys.modules.items()):
        if name.startswith(counted):
            for made in vars(module).values():
                if isinstance(made, _lru_cache_wrapper):
                    made.cache_clear()
