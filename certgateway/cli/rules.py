"""`certgateway rules`: the catalogue of everything that can be found, conformance kinds included."""

import argparse
import sys

from certgateway.services.catalogue import catalogue_text


def run(options: argparse.Namespace) -> int:
    """Print the catalogue."""
    sys.stdout.write(catalogue_text(options.format, options.lang))
    return 0
