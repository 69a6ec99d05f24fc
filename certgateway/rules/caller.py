"""Whether a message is its caller's own, where callers log in; `services.admit` finds it once the message is read.

Of a message that is another's nothing else is told, and the texts must never say whose it is.
"""

from typing import Final

from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Rule, Text, stated_elsewhere

CALLERS: Final[tuple[Rule, ...]] = (
    Rule(
        id="caller-not-sender",
        effect=Effect.REFUSE,
        item=None,
        authority="RFC 6750 (OAuth 2.0 bearer tokens), HelseID and Maskinporten (organisation claims); docs/tokens.md",
        in_force=FIRST_RULE_SET,
        nb=Text(
            found="Virksomheten i tilgangstokenet er ikke kjent som den avsenderen meldingen oppgir.",
            action="Send med virksomhetens eget token, og oppgi virksomhetens organisasjonsnummer og HER-id slik de er "
            "registrert.",
            counsellor="En melding ble avvist fordi en annen enn den oppgitte avsenderen sendte den. "
            "Den som sendte den, har fått beskjed.",
        ),
        nn=Text(
            found="Verksemda i tilgangstokenet er ikkje kjend som den avsendaren meldinga oppgir.",
            action="Send med verksemda sitt eige token, og oppgi organisasjonsnummeret og HER-id-en til verksemda slik "
            "dei er registrerte.",
            counsellor="Ei melding vart avvist fordi ein annan enn den oppgitte avsendaren sende ho. "
            "Den som sende ho, har fått beskjed.",
        ),
        en=Text(
            found="The enterprise in the access token is not known as the sender that the message names.",
            action="Send with the enterprise's own token, and state its organisation number and HER-id as they are "
            "registered.",
            counsellor="A message was rejected because somebody other than the sender it names sent it. "
            "Whoever sent it has been told.",
        ),
        broken=stated_elsewhere,
    ),
    Rule(
        id="author-not-caller",
        effect=Effect.REFUSE,
        item="author",
        authority="HelseID (helseid://claims/hpr/hpr_number); docs/tokens.md",
        in_force=FIRST_RULE_SET,
        nb=Text(
            found="Behandleren i erklæringen er en annen enn den som er logget inn, og er ikke oppgitt å arbeide i "
            "virksomheten som sender.",
            action="La behandleren selv sende erklæringen, eller oppgi organisasjonsnummeret til virksomheten som "
            "behandleren arbeider i.",
            counsellor="En erklæring ble avvist fordi den som sendte den, ikke kunne sende på vegne av behandleren. "
            "Den som sendte den, har fått beskjed.",
        ),
        nn=Text(
            found="Behandlaren i erklæringa er ein annan enn den som er logga inn, og er ikkje oppgitt å arbeide i "
            "verksemda som sender.",
            action="La behandlaren sjølv sende erklæringa, eller oppgi organisasjonsnummeret til verksemda som "
            "behandlaren arbeider i.",
            counsellor="Ei erklæring vart avvist fordi den som sende ho, ikkje kunne sende på vegner av behandlaren. "
            "Den som sende ho, har fått beskjed.",
        ),
        en=Text(
            found="The clinician in the certificate is another than the one who is logged in, and is not stated to "
            "work for the enterprise that sends.",
            action="Let the clinician send the certificate, or state the organisation number of the enterprise that "
            "the clinician works for.",
            counsellor="A certificate was rejected because whoever sent it could not do so for the clinician. "
            "Whoever sent it has been told.",
        ),
        broken=stated_elsewhere,
    ),
)
