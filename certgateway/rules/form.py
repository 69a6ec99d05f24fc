"""What cannot be read of the XML of the 2008 form, and what was read although its shape departs. The codec finds it.

Nothing here may quote what was written: a text says what a value should have been, never what it was.
"""

from types import MappingProxyType
from typing import Final

from certgateway.domain.findings import Effect
from certgateway.domain.vocabulary import Title
from certgateway.rules.declaration import FIRST_RULE_SET, Rule, Text, stated_elsewhere

STANDARD: Final = "KITH HIS 80805, XML of 2008-06-06"
"""The standard that the form of 2008 is written to, and the version of its XML."""

VALUE_TYPES: Final = MappingProxyType(
    {
        "date": Title("dato på formen ÅÅÅÅ-MM-DD", "dato på forma ÅÅÅÅ-MM-DD", "a date of the form YYYY-MM-DD"),
        "date-time": Title("dato og klokkeslett", "dato og klokkeslett", "a date with time of day"),
        "integer": Title("heltall", "heiltal", "a whole number"),
        "code": Title("en av kodene i skjemaet", "ein av kodane i skjemaet", "one of the codes of the form"),
        "base64": Title("base64-innhold", "base64-innhald", "base64 content"),
    }
)
"""What `value-invalid` takes as detail `type`; another word is shown as it is."""

VALUE_INVALID = Rule(
    id="value-invalid",
    effect=Effect.REFUSE,
    item=None,
    authority=f"{STANDARD}: every value is of the type that the schema gives its element or attribute",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Verdien kan ikke leses som {type}.",
        action="Rett verdien i systemet som lager meldingen, og send meldingen på nytt.",
        counsellor="Meldingen er avvist fordi en verdi i den ikke kunne leses.",
    ),
    nn=Text(
        found="Verdien kan ikkje lesast som {type}.",
        action="Rett verdien i systemet som lagar meldinga, og send meldinga på nytt.",
        counsellor="Meldinga er avvist fordi ein verdi i ho ikkje kunne lesast.",
    ),
    en=Text(
        found="The value cannot be read as {type}.",
        action="Correct the value in the system that makes the message, and send the message again.",
        counsellor="The message was rejected because a value in it could not be read.",
    ),
    broken=stated_elsewhere,
    words=VALUE_TYPES,
)

SEVERAL_CERTIFICATES = Rule(
    id="several-certificates",
    effect=Effect.REFUSE,
    item=None,
    authority=f"{STANDARD}: one message carries one certificate; other documents are attachments to it",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Meldingen inneholder flere legeerklæringer.",
        action="Send hver erklæring i sin egen melding.",
        counsellor="Meldingen er avvist fordi den inneholdt flere erklæringer.",
    ),
    nn=Text(
        found="Meldinga inneheld fleire legeerklæringar.",
        action="Send kvar erklæring i si eiga melding.",
        counsellor="Meldinga er avvist fordi ho inneheldt fleire erklæringar.",
    ),
    en=Text(
        found="The message holds several certificates.",
        action="Send each certificate in a message of its own.",
        counsellor="The message was rejected because it held several certificates.",
    ),
    broken=stated_elsewhere,
)

DEVIATIONS: Final = MappingProxyType(
    {
        "order": Title("feil rekkefølge", "feil rekkjefølgje", "wrong order"),
        "unknown": Title("ukjent element", "ukjent element", "unknown element"),
        "missing": Title("{expected} mangler", "{expected} manglar", "{expected} is missing"),
        "repeated": Title("element for mange ganger", "element for mange gonger", "element too many times"),
        "attribute": Title("ukjent attributt", "ukjent attributt", "unknown attribute"),
        "text": Title("tekst mellom elementer", "tekst mellom element", "text between elements"),
        "value": Title("verdien skal være {expected}", "verdien skal vere {expected}", "the value must be {expected}"),
    }
)
"""What `schema-deviation` takes as detail `kind`. A missing part or a wrong value needs `Finding.expected` too."""

SCHEMA_DEVIATION = Rule(
    id="schema-deviation",
    effect=Effect.REMARK,
    item=None,
    authority=f"{STANDARD}: order, names and number of elements and attributes; what deviates is read when its name "
    "tells where it belongs",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Meldingen følger ikke skjemaet her: {kind}.",
        action="Det som er på plass, er lest likevel. Leverandøren av journalsystemet bør rette måten meldingen lages "
        "på.",
        counsellor="Meldingen avviker fra standarden i formen. Det som er på plass, er lest likevel.",
    ),
    nn=Text(
        found="Meldinga følgjer ikkje skjemaet her: {kind}.",
        action="Det som er på plass, er lese likevel. Leverandøren av journalsystemet bør rette måten meldinga blir "
        "laga på.",
        counsellor="Meldinga avvik frå standarden i forma. Det som er på plass, er lese likevel.",
    ),
    en=Text(
        found="The message does not follow the schema here: {kind}.",
        action="The content was read all the same. The record system's vendor should correct how messages are made.",
        counsellor="The message departs from the standard in form. Its content was read all the same.",
    ),
    broken=stated_elsewhere,
    words=DEVIATIONS,
)
