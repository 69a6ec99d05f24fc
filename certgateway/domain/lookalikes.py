"""Letters of other alphabets that look like Latin ones, by the shapes of Unicode's charts."""

from typing import Final

# Not the small mu: in a certificate it is the micro of a dose.
_GREEK: Final = str.maketrans(
    "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b2\u03b7\u03b6",
    "aeiknoptyxbhz",
)
_CYRILLIC: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u0432\u043d"
    "\u04bb\u04cf\u0501\u051b\u051d\u04af",
    "aeopcyxijskmtbhhldqwy",
)
LOOKALIKES: Final = _GREEK | _CYRILLIC
"""From small letters that look so themselves, or by their capitals, as `str.translate` takes them."""
