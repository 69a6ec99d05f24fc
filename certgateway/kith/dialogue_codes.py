"""Our own code systems as a Dialogmelding can carry them: arbitrary UUIDs under the arc that needs no registration."""

from typing import Final

ITEM_OID: Final = "2.25.173044876145162463630725047893086902827"
"""The items of the certificate: what a question, or a text of an answer, is about."""

DECLINE_OID: Final = "2.25.195781585377559266643613305189120986310"
"""Why a clinician cannot answer (`vocabulary.clarification.DECLINE_REASON`)."""
