"""What the parts of a statement are called where a change of them is told: "Prognose, tidshorisont: 1 år -> 6 måneder".

Data only. A caption must never judge, and never name a benefit.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.vocabulary import Title

CAPTIONS: Final[Mapping[str, Title]] = MappingProxyType(
    {
        "best": Title("på det beste", "på det beste", "at best"),
        "worst": Title("på det verste", "på det verste", "at worst"),
        "source": Title("grunnlag", "grunnlag", "source"),
        "not_assessed": Title("ikke vurdert", "ikkje vurdert", "not assessed"),
        "qualifier": Title("ICF-grad", "ICF-grad", "ICF qualifier"),
        "adaptations": Title("tilpasning", "tilpassing", "adaptation"),
        "diagnosis": Title("diagnose", "diagnose", "diagnosis"),
        "codes": Title("koder", "kodar", "codes"),
        "harm": Title("mulig skade", "mogleg skade", "possible harm"),
        "severity": Title("alvorlighet", "alvorsgrad", "severity"),
        "start": Title("fra", "frå", "from"),
        "end": Title("til", "til", "until"),
        "improves": Title("virkning på funksjon", "verknad på funksjon", "effect on function"),
        "scope": Title("omfang", "omfang", "scope"),
        "reason": Title("grunn", "grunn", "reason"),
        "measure_view": Title("syn på planlagt tiltak", "syn på planlagt tiltak", "view of a planned measure"),
        "certainty": Title("sikkerhet", "visse", "certainty"),
        "uncertain_because": Title("usikker fordi", "usikker fordi", "uncertain because"),
        "horizon": Title("tidshorisont", "tidshorisont", "horizon"),
        "illness_duration": Title("sykdommens varighet", "kor lenge sjukdomen varer", "duration of illness"),
        "reduced_function_duration": Title(
            "varighet av nedsatt funksjon", "kor lenge funksjonen er nedsett", "duration of reduced function"
        ),
        "review_date": Title("ny vurdering", "ny vurdering", "review date"),
        "returns": Title("arbeidsgiver å gå tilbake til", "arbeidsgivar å gå tilbake til", "employer to return to"),
        "said_by": Title("opplyst av", "opplyst av", "said by"),
        "attached": Title("vedlagt", "lagd ved", "attached"),
        "comment": Title("kommentar", "kommentar", "comment"),
        "description": Title("beskrivelse", "skildring", "description"),
        "result": Title("resultat", "resultat", "result"),
        "mitigation": Title("forebygging", "førebygging", "mitigation"),
        "occupation": Title("yrke", "yrke", "occupation"),
        "several": Title("flere arbeidsforhold", "fleire arbeidsforhold", "several employments"),
        "situations": Title("arbeidssituasjon", "arbeidssituasjon", "work situation"),
        "other_situation": Title("annen arbeidssituasjon", "annan arbeidssituasjon", "other work situation"),
        "demands": Title("krav i arbeidet", "krav i arbeidet", "demands of the work"),
        "occupation_code": Title("yrkeskode", "yrkeskode", "occupation code"),
        "occupational_injury": Title("mulig yrkesskade", "mogleg yrkesskade", "possible occupational injury"),
        "injury_date": Title("skadedato", "skadedato", "date of injury"),
        "wait": Title("ventetid", "ventetid", "waiting time"),
        "resumption": Title("kan ta opp arbeidet", "kan ta opp arbeidet", "can take up the work"),
        "measure": Title("foreslått tiltak", "foreslått tiltak", "proposed measure"),
        "meaning": Title("betydning for funksjon", "verknad for funksjon", "meaning for function"),
    }
)
"""What the parts are called where a change of them would otherwise be unclear."""
