"""Functions that tell at a glance what surely has no fault; only what they turn away is walked."""
