"""`certgateway config`: prints the settings in force, or says which are wrong."""

import argparse
import sys
from pathlib import Path

from certgateway import bootstrap
from certgateway.config import Settings, load_settings


def run(options: argparse.Namespace) -> int:
    """Print every setting with its value and meaning; raises MisconfiguredError when one is wrong or lacking."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    # What stands in files is looked at here, so that it is not found wanting when the service starts.
    bootstrap.webhooks_of(settings)
    bootstrap.senders_of(settings)
    bootstrap.signatory_of(settings)
    bootstrap.signatures_of(
        settings.signatures,
        settings.trust_anchors,
        revocation=settings.revocation,
        rsa_2048_until=settings.rsa_2048_until,
    )
    bootstrap.issuers_of(settings)
    bootstrap.ended_of(settings)
    bootstrap.people_of(settings)
    bootstrap.hpr_of(settings)
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = [str(each) for each in value] if name in {"webhooks", "senders", "issuers"} else value
        sys.stdout.write(f"{name} = {shown}\n    {field.description}\n")
    return 0
