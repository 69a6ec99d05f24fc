"""What a message may ask of those who read it, in one value: size, nesting, numbers of things. Measured, not guessed.

Nothing here may depend on a message.
"""

from dataclasses import dataclass

from certgateway.domain.body_size import DEFAULT_SIZE, BodySize
from certgateway.safejson import DEFAULT_LIMITS, JsonLimits
from certgateway.safexml import DEFAULT_LIMITS as DEFAULT_XML
from certgateway.safexml import XmlLimits


@dataclass(frozen=True, slots=True)
class Bounds:
    """`entries` are those of a Bundle that are looked at; the largest certificate anybody could write has a tenth."""

    size: BodySize = DEFAULT_SIZE
    json: JsonLimits = DEFAULT_LIMITS
    xml: XmlLimits = DEFAULT_XML
    entries: int = 500


MEASURED = Bounds()
"""What the parsers and the engine were measured with; a gateway may be told to take less, and never more."""
