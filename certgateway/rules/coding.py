"""Do the diagnosis codes hold? A code in the wrong system means another disease, or none.

Codes are looked up in tables that arrive as facts. Nothing here may guess which system was meant from the look of a
code alone, correct a code, or repeat one; and no rule may treat one diagnosis differently from another.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from certgateway.domain.certificate import Certificate, Coding
from certgateway.domain.findings import Effect
from certgateway.domain.vocabulary.systems import ICD_10, ICPC_2, ICPC_2B, canonical_system
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Diagnoses, Facts, Rule, Text

SYSTEM_NAMES: Final = MappingProxyType({ICPC_2: "ICPC-2", ICPC_2B: "ICPC-2B", ICD_10: "ICD-10"})


def unknown_codes(certificate: Certificate, diagnoses: Diagnoses) -> Iterator[tuple[str, Coding, str | None]]:
    """Element, coding and the name of the system that does hold the code, for each code its own system lacks."""
    for index, diagnosis in enumerate(certificate.diagnosis):
        for place, coding in enumerate(diagnosis.codes):
            if canonical_system(coding.system) in SYSTEM_NAMES and not diagnoses.exists(coding.system, coding.code):
                element = f"diagnosis[{index}].codes[{place}]" if place else f"diagnosis[{index}].code"
                yield element, coding, other_system(coding, diagnoses)


def other_system(coding: Coding, diagnoses: Diagnoses) -> str | None:
    """The name of another diagnosis system that holds the code; None when none does."""
    return next((name for system, name in SYSTEM_NAMES.items() if diagnoses.exists(system, coding.code)), None)


def named(coding: Coding) -> str:
    """The short name of the diagnosis system, the same in every language."""
    return SYSTEM_NAMES[canonical_system(coding.system)]


def code_system_mismatch(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The code exists in another diagnosis system, and not in the one it is said to be from."""
    for element, coding, other in unknown_codes(certificate, facts.diagnoses):
        if other:
            yield Breach(element, detail={"system": named(coding), "other": other})


CODE_SYSTEM_MISMATCH = Rule(
    id="code-system-mismatch",
    effect=Effect.REMARK,
    item="diagnosis",
    authority="tables of ICPC-2 and ICD-10 in Norwegian use; helsepersonelloven § 15: a certificate shall be correct",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Diagnosekoden finnes ikke i {system}, som er oppgitt som kodeverk, men den finnes i {other}.",
        action="Kontroller diagnosen, og send kode og kodeverk som hører sammen.",
        counsellor="En diagnosekode stemmer ikke med kodeverket den er oppgitt i, og kan ikke leses sikkert.",
    ),
    nn=Text(
        found="Diagnosekoden finst ikkje i {system}, som er oppgitt som kodeverk, men han finst i {other}.",
        action="Kontroller diagnosen, og send kode og kodeverk som høyrer saman.",
        counsellor="Ein diagnosekode stemmer ikkje med kodeverket han er oppgitt i, og kan ikkje lesast sikkert.",
    ),
    en=Text(
        found="The diagnosis code does not exist in {system}, the system it is said to be from, but it does in "
        "{other}.",
        action="Check the diagnosis, and send a code and a code system that belong together.",
        counsellor="A diagnosis code does not fit the code system it is said to be from and cannot be read with "
        "certainty.",
    ),
    broken=code_system_mismatch,
)


def diagnosis_code_unknown(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The code exists in none of the diagnosis systems."""
    for element, coding, other in unknown_codes(certificate, facts.diagnoses):
        if not other:
            yield Breach(element, detail={"system": named(coding)})


DIAGNOSIS_CODE_UNKNOWN = Rule(
    id="diagnosis-code-unknown",
    effect=Effect.REMARK,
    item="diagnosis",
    authority="tables of ICPC-2 and ICD-10 in Norwegian use; helsepersonelloven § 15: a certificate shall be correct",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Diagnosekoden finnes ikke i {system}.",
        action="Kontroller koden. I ICD-10 må den mest detaljerte koden brukes når kategorien er delt inn videre.",
        counsellor="En diagnosekode er ukjent og kan ikke leses.",
    ),
    nn=Text(
        found="Diagnosekoden finst ikkje i {system}.",
        action="Kontroller koden. I ICD-10 må den mest detaljerte koden brukast når kategorien er delt inn vidare.",
        counsellor="Ein diagnosekode er ukjend og kan ikkje lesast.",
    ),
    en=Text(
        found="The diagnosis code does not exist in {system}.",
        action="Check the code. In ICD-10 the most detailed code must be used where a category is divided further.",
        counsellor="A diagnosis code is unknown and cannot be read.",
    ),
    broken=diagnosis_code_unknown,
)


def several_main_diagnoses(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """The form has one main diagnosis; which one counts is not ours to choose."""
    if sum(diagnosis.rank == "main" for diagnosis in certificate.diagnosis) > 1:
        yield Breach("diagnosis", expected="one main diagnosis")


SEVERAL_MAIN_DIAGNOSES = Rule(
    id="several-main-diagnoses",
    effect=Effect.REMARK,
    item="diagnosis",
    authority="design of the redesigned certificate, item diagnosis: one main, others",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Mer enn én diagnose er ført opp som hoveddiagnose.",
        action="La den diagnosen som betyr mest for funksjonsevnen, stå som hoveddiagnose, og før opp resten som andre "
        "diagnoser.",
        counsellor="Erklæringen har mer enn én hoveddiagnose.",
    ),
    nn=Text(
        found="Meir enn éin diagnose er ført opp som hovuddiagnose.",
        action="La den diagnosen som har mest å seie for funksjonsevna, stå som hovuddiagnose, og før opp resten som "
        "andre diagnosar.",
        counsellor="Erklæringa har meir enn éin hovuddiagnose.",
    ),
    en=Text(
        found="More than one diagnosis is stated as the main diagnosis.",
        action="Keep the diagnosis that matters most to functioning as the main one, and state the rest as other "
        "diagnoses.",
        counsellor="The certificate has more than one main diagnosis.",
    ),
    broken=several_main_diagnoses,
)
