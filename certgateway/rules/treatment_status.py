"""What is said about a message that tells what has become of a treatment: that it matches nothing, or says more.

Whether it does is found where the certificate is known; the declarations here give the effect and the texts. Nothing
here may tell whose certificate a message was held against.
"""

from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Rule, Text, stated_elsewhere

_AUTHORITY = (
    "certgateway contract, treatment status: a change of one item of a certificate that exists, and of no other"
)

STATUS_UNSORTED = Rule(
    id="status-unsorted",
    effect=Effect.REMARK,
    item=None,
    authority=_AUTHORITY,
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Behandlingsstatusen kan ikke føres inn i erklæringen: den er ukjent eller trukket tilbake, meldingen er "
        "merket som feil, eller det som står om behandling, er nyere.",
        action="Meldingen er tatt vare på, og noen i NAV ser på den. Kontroller erklæringens id og datoen.",
        counsellor="En melding om behandlingsstatus kunne ikke føres inn i noen erklæring og må sorteres.",
    ),
    nn=Text(
        found="Behandlingsstatusen kan ikkje førast inn i erklæringa: ho er ukjend eller trekt tilbake, meldinga er "
        "merkt som feil, eller det som står om behandling, er nyare.",
        action="Meldinga er teken vare på, og nokon i NAV ser på ho. Kontroller id-en til erklæringa og datoen.",
        counsellor="Ei melding om behandlingsstatus kunne ikkje førast inn i noka erklæring og må sorterast.",
    ),
    en=Text(
        found="The treatment status cannot be taken into the certificate: that is unknown or withdrawn, the message is "
        "marked as an error, or what stands about treatment is newer.",
        action="The message is kept, and somebody at NAV will look at it. Check the certificate's id and the date.",
        counsellor="A message about treatment status could not be taken into any certificate and has to be sorted.",
    ),
    broken=stated_elsewhere,
)

STATUS_BEYOND_TREATMENT = Rule(
    id="status-beyond-treatment",
    effect=Effect.REMARK,
    item=None,
    authority=_AUTHORITY,
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Meldingen om behandlingsstatus sier noe om et annet punkt enn behandling. Det er ikke tatt inn.",
        action="Send en ny versjon av hele erklæringen hvis dette punktet skal endres.",
        counsellor="En melding om behandlingsstatus sa også noe om et annet punkt; det er ikke tatt inn.",
    ),
    nn=Text(
        found="Meldinga om behandlingsstatus seier noko om eit anna punkt enn behandling. Det er ikkje teke inn.",
        action="Send ein ny versjon av heile erklæringa dersom dette punktet skal endrast.",
        counsellor="Ei melding om behandlingsstatus sa også noko om eit anna punkt; det er ikkje teke inn.",
    ),
    en=Text(
        found="The message about treatment status says something about another item than treatment. It was not taken "
        "in.",
        action="Send a new version of the whole certificate if this item is to change.",
        counsellor="A message about treatment status also said something about another item; it was not taken in.",
    ),
    broken=stated_elsewhere,
)
