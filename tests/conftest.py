"""What holds for every test: how hypothesis searches, and whose lines are counted.

Fixtures live beside the tests that use them.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Two shared cores make wall-clock deadlines lie; CPU budgets have tests of their own. CI searches the same examples on
# every run, so that a red build is red for its change; while developing, every run looks somewhere new.
settings.register_profile("develop", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("develop"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "develop")

# The packages that decide about people must be covered whole, and by their own tests: what a test of the whole gateway
# happens to pass through is not tested by it. Counting lines elsewhere would take longer than all else.
_COUNTED = tuple(Path(__file__).parent / "unit" / package for package in ("domain", "rules", "prose", "trust"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not any(item.path.is_relative_to(folder) for folder in _COUNTED):
            item.add_marker("no_cover")
