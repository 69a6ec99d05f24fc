"""Our own faults, by category. A sender's faults are findings (values), never these.

One table (`api.problems`) turns a category into an HTTP status and an outcome; on the command line all are exit 2.
"""


class GatewayError(Exception):
    """The gateway could not do its part. `category` is stable; the message names no received value."""

    category = "fault"


class StoreUnavailableError(GatewayError):
    """The database cannot take the message now; nothing is kept and the sender may try again."""

    category = "unavailable"


class ScannerUnavailableError(GatewayError):
    """Whether an attachment holds malware cannot be known now; nothing is kept and the sender may try again."""

    category = "unavailable"


class HprUnavailableError(GatewayError):
    """What the register of health personnel says of an author cannot be known now."""

    category = "unavailable"


class PeopleUnavailableError(GatewayError):
    """Who a patient is to a counsellor cannot be known now: the answer is that of what does not exist."""

    category = "unavailable"


class MisconfiguredError(GatewayError):
    """A setting, key file or built data file is missing or wrong; the message says which and what to do."""

    category = "misconfigured"


class NotFoundError(GatewayError):
    """What is asked for does not exist, or not for whoever asks."""

    category = "not-found"


class GoneError(GatewayError):
    """The certificate was withdrawn by its sender."""

    category = "withdrawn"


class AlreadySortedError(GatewayError):
    """Somebody has sorted or filed the answer already."""

    category = "sorted"


class NotNowError(GatewayError):
    """What is asked for cannot be done where a clarification stands now."""

    category = "not-now"


class OverrideNotNeededError(GatewayError):
    """The patient is open to whoever asks without a reason."""

    category = "open-now"
