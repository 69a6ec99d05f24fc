"""`python -m certgateway`, the same as the console script."""

import sys

from certgateway.cli import main

sys.exit(main())
