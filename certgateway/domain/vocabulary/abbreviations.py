"""Words that a full stop follows without ending a sentence, and words that a sentence does not end with.

Written without their last stop, in lower case. The list must only hold abbreviations that Norwegian doctors write with
a full stop: an ordinary word here would join two sentences, and more would be withheld than need be.
"""

from typing import Final

_ABBREVIATIONS: Final = """
adr afd alm alv amb anamn anb anbef ang ant antib apr arb aug avd avg avsl avt beg beh behandl best bl blpr bilat ca
cand cf dept des desc dg diag diagn div dr dvs eks ekskl enkl erkl etc evt evnt fam feb febr ff fors forts fr ftrl
fullst funksj fvt fys fysio følg gj gjsn gml gnsn hems henh henv hht hosp hoved hyp hypert høg iflg ifølg ihht iht
inf inkl innl insp inst jan jf jfr jmf jmfr jnr jul jun kap kgl kir kl klin kol kons konsult kontr kval kvt lat
legeerkl leuk lovkap ltr maks mb medf medik mht mistenk mnd mndl mob mtp mv nedre nevr nov nr obs okt ons opp oppl
oppr ortop osv pas pasnt perf pga pgr pkt pol polikl pr prev prof progn prosj prot psyk psykol pt ref reg rehab rel
resp rtg røntg sek sep sept sg sign sml snarl sosion spes spesm spl stk str supp sympt sykehist sykm tab tbl temp tfs
tidl tilb tilf tilr tils tilst tilsv tlf tr trpl tverrf ugrad ukentl undert undertegn undersøk us utd utr utrykk utskr
vanl vdr vedk vedl vedr vedv vha vs vurd ytterl årl
"""
_OFTEN_LAST: Final = """
osv etc m.m mm mv m.v o.l ol o.a mnd mndr sek stk hds u.a a.d e.l d.d d.å p.o i.v i.m s.c i.a tbl tab avd temp spes str
"""
_MONTHS: Final = """
januar februar mars april mai juni juli august september oktober november desember
jan feb febr mar apr jun jul aug sept sep okt nov des
"""
_LEANING: Final = """
i på ved hos til for fra frå av med om etter før under over mellom mot uten utan og eller men at som når når enn da då
hvis dersom fordi der den det de dei en ei et eit er har hadde ble vart blir vert kan skal skulle vil må bør burde å
ikke ikkje hun ho han jeg eg vi sin sitt si sine min mitt mi vår hans hennes hennar deres dr overlege via samt innen
innan
gjennom pga grunnet grunna jf iht ift ca inkl blant hverken verken både særlig selv sjølv
"""

ABBREVIATIONS: Final = frozenset(_ABBREVIATIONS.split())
"""Met mostly in the middle of a sentence."""

OFTEN_LAST: Final = frozenset(_OFTEN_LAST.split())
"""Abbreviations that end a sentence as often as not: the next word's capital letter decides."""

MONTHS: Final = frozenset(_MONTHS.split())

LEANING: Final = frozenset(_LEANING.split())
"""Words that want another after them: a line that ends in one goes on below."""
