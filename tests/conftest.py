"""What holds for every test: how hypothesis searches. Fixtures live beside the tests that use them."""

import os

from hypothesis import HealthCheck, settings

# Two shared cores make wall-clock deadlines lie; CPU budgets have tests of their own. CI searches the same examples on
# every run, so that a red build is red for its change; while developing, every run looks somewhere new.
settings.register_profile("develop", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("develop"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "develop")
