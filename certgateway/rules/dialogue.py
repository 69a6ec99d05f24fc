"""What is said about an answer to a question or an order: that it matches none, or says more than was asked.

Whether it does is found where the question or the order is known; the declarations here give the effect and the texts.
Nothing here may tell whose certificate, question or order something was held against, or whether there is one.
"""

from collections.abc import Iterator

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text, stated_elsewhere

_AUTHORITY = "certgateway contract, clarification: the doctor answers only those items, and nothing is dropped"

ANSWER_UNSORTED = Rule(
    id="answer-unsorted",
    effect=Effect.REMARK,
    item=None,
    authority=_AUTHORITY,
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Svaret passer ikke til noe åpent spørsmål om denne erklæringen.",
        action="Svaret er tatt vare på, og noen i NAV ser på det. Kontroller at spørsmålets id og erklæringens id er "
        "de som sto i spørsmålet.",
        counsellor="Et svar passer ikke til noe åpent spørsmål og må sorteres.",
    ),
    nn=Text(
        found="Svaret passar ikkje til noko ope spørsmål om denne erklæringa.",
        action="Svaret er teke vare på, og nokon i NAV ser på det. Kontroller at id-en til spørsmålet og id-en til "
        "erklæringa er dei som stod i spørsmålet.",
        counsellor="Eit svar passar ikkje til noko ope spørsmål og må sorterast.",
    ),
    en=Text(
        found="The answer does not match any open question about this certificate.",
        action="The answer is kept, and somebody at NAV will look at it. Check that the ids of the question and of the "
        "certificate are those that stood in the question.",
        counsellor="An answer does not match any open question and has to be sorted.",
    ),
    broken=stated_elsewhere,
)

ANSWER_BEYOND_QUESTION = Rule(
    id="answer-beyond-question",
    effect=Effect.REMARK,
    item=None,
    authority=_AUTHORITY,
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Svaret sier noe om et punkt som det ikke er spurt om. Det er ikke tatt inn i erklæringen.",
        action="Send en ny versjon av hele erklæringen hvis dette punktet skal endres.",
        counsellor="Svaret sa også noe om et punkt som det ikke var spurt om; det er ikke tatt inn.",
    ),
    nn=Text(
        found="Svaret seier noko om eit punkt som det ikkje er spurt om. Det er ikkje teke inn i erklæringa.",
        action="Send ein ny versjon av heile erklæringa dersom dette punktet skal endrast.",
        counsellor="Svaret sa også noko om eit punkt som det ikkje var spurt om; det er ikkje teke inn.",
    ),
    en=Text(
        found="The answer says something about an item that was not asked about. It was not taken into the "
        "certificate.",
        action="Send a new version of the whole certificate if this item is to change.",
        counsellor="The answer also said something about an item that was not asked about; it was not taken in.",
    ),
    broken=stated_elsewhere,
)

ANSWER_TAKEN_BACK = Rule(
    id="answer-taken-back",
    effect=Effect.REMARK,
    item=None,
    authority="certgateway contract, clarification: what its author has taken back does not count, whenever it comes",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Svaret om dette punktet er trukket tilbake av systemet det kom fra. Det er ikke tatt inn i erklæringen.",
        action="Send et nytt svar med en senere dato hvis punktet likevel skal besvares.",
        counsellor="Et svar om punktet var trukket tilbake; det er ikke tatt inn.",
    ),
    nn=Text(
        found="Svaret om dette punktet er trekt tilbake av systemet det kom frå. Det er ikkje teke inn i erklæringa.",
        action="Send eit nytt svar med ein seinare dato dersom punktet likevel skal svarast på.",
        counsellor="Eit svar om punktet var trekt tilbake; det er ikkje teke inn.",
    ),
    en=Text(
        found="The answer about this item was taken back by the system it came from. It was not taken into the "
        "certificate.",
        action="Send a new answer with a later date if the item is to be answered all the same.",
        counsellor="An answer about the item had been taken back; it was not taken in.",
    ),
    broken=stated_elsewhere,
)

ANSWER_OLDER_THAN_KNOWN = Rule(
    id="answer-older-than-known",
    effect=Effect.REMARK,
    item=None,
    authority="certgateway contract, clarification: for each item what was written last counts",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Svaret er skrevet før det som allerede står om punktet. Det er ikke tatt inn i erklæringen.",
        action="Kontroller datoen på svaret og klokken i journalsystemet. Send svaret på nytt med riktig dato hvis det "
        "gjelder.",
        counsellor="Et svar var eldre enn det som står om punktet; det er ikke tatt inn.",
    ),
    nn=Text(
        found="Svaret er skrive før det som alt står om punktet. Det er ikkje teke inn i erklæringa.",
        action="Kontroller datoen på svaret og klokka i journalsystemet. Send svaret på nytt med rett dato dersom det "
        "gjeld.",
        counsellor="Eit svar var eldre enn det som står om punktet; det er ikkje teke inn.",
    ),
    en=Text(
        found="The answer was written before what is known about the item already. It was not taken into the "
        "certificate.",
        action="Check the date of the answer and the clock of the record system. Send the answer again with the right "
        "date if it holds.",
        counsellor="An answer was older than what is known about the item; it was not taken in.",
    ),
    broken=stated_elsewhere,
)


def order_unknown(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """One text for an order that does not exist, is another patient's or another system's."""
    if facts.order_unknown:
        yield Breach("purpose.order")


ORDER_UNKNOWN = Rule(
    id="order-unknown",
    # NAV orders in other ways too: the number of such an order is no fault of the doctor's, and changes no verdict.
    effect=Effect.NOTE,
    item="purpose",
    authority="certgateway contract, ordering: a certificate is joined to the order it names, and never refused for it",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Erklæringen oppgir en bestilling som ikke er kjent for denne pasienten og dette systemet.",
        action="Erklæringen er tatt imot. Kontroller at bestillingens id er den som sto i bestillingen.",
        counsellor="Erklæringen oppgir en bestilling som ikke er kjent; den er tatt imot som enhver annen.",
    ),
    nn=Text(
        found="Erklæringa oppgir ei tinging som ikkje er kjend for denne pasienten og dette systemet.",
        action="Erklæringa er teken imot. Kontroller at id-en til tinginga er den som stod i tinginga.",
        counsellor="Erklæringa oppgir ei tinging som ikkje er kjend; ho er teken imot som alle andre.",
    ),
    en=Text(
        found="The certificate names an order that is not known for this patient and this system.",
        action="The certificate has been received. Check that the id of the order is the one that stood in the order.",
        counsellor="The certificate names an order that is not known; it was received like any other.",
    ),
    broken=order_unknown,
)
