"""Answers joined to any certificate, in any order: nothing untouched moves, and what was stated last stands."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certgateway.domain.amendment import (
    ANSWERABLE,
    Answerer,
    Void,
    amended,
    carried_over,
    is_void,
    stated_items,
    taken_back,
    taken_items,
    value_of,
)
from certgateway.domain.asking import refusals
from certgateway.domain.certificate import ITEMS, Author, Certificate, Coding, Diagnosis, Section
from certgateway.domain.dialogue_events import Target
from certgateway.domain.record import Version
from tests.property.certificates import certificates

LINKED = ("treatment", "function", "health-risk", "prognosis")
NAMES = {item: item.replace("-", "_") for item in ANSWERABLE}

asked = st.frozensets(st.sampled_from(ITEMS), min_size=1, max_size=6)
answerable = st.sampled_from(ANSWERABLE)
# Drawn instants never meet; by these steps from one of them they do.
steps = st.integers(-2, 2).map(lambda days: timedelta(days=days))


@st.composite
def conversations(draw: st.DrawFn, answers: int) -> tuple[Certificate, ...]:
    """A certificate and some answers to it, written before it, after it or at the same time."""
    current = draw(certificates())
    told = (replace(draw(certificates()), authored=current.authored + draw(steps)) for _ in range(answers))
    return current, *told


def pointing(certificate: Certificate, item: str) -> Iterator[Diagnosis | None]:
    """The diagnosis that each statement of an item points to."""
    entries = certificate.diagnosis.entries
    for entry in value_of(certificate, item):
        place = entry.diagnosis
        yield None if place is None else entries[place]


def unlinked(section: Section[Any], item: str) -> Section[Any]:
    if item not in LINKED:
        return section
    return replace(section, entries=tuple(replace(entry, diagnosis=None) for entry in section))


def without_links(certificate: Certificate) -> Certificate:
    blank: dict[str, Any] = {NAMES[item]: unlinked(value_of(certificate, item), item) for item in LINKED}
    return replace(certificate, **blank)


def counts(current: Certificate, answer: Certificate, item: str) -> bool:
    """What the words say: an item that can be answered, that is answered, and that nobody answered later."""
    if item not in ANSWERABLE or item not in stated_items(answer):
        return False
    return item not in stated_items(current) or answer.authored >= current.authored


@given(conversations(1), asked)
def test_untouched_items_are_equal_before_and_after(drawn: tuple[Certificate, ...], items: frozenset[str]) -> None:
    current, answer = drawn
    joined = amended(current, answer, items)
    taken = {item for item in items if counts(current, answer, item)}
    assert set(taken_items(current, answer, items)) == taken
    for item in set(ANSWERABLE) - taken:
        before, after = value_of(current, item), value_of(joined, item)
        assert unlinked(before, item) == unlinked(after, item)
        if "diagnosis" not in taken:
            assert before == after
    for item in taken:
        assert unlinked(value_of(joined, item), item) == unlinked(value_of(answer, item), item)
    kept = ("identifier", "authored", "status", "patient", "author", "purpose", "replaces")
    assert [getattr(joined, name) for name in kept] == [getattr(current, name) for name in kept]
    assert (joined is current) == (not taken)


@given(conversations(1), asked)
def test_joining_twice_is_joining_once(drawn: tuple[Certificate, ...], items: frozenset[str]) -> None:
    current, answer = drawn
    joined = amended(current, answer, items)
    assert amended(joined, answer, items) == joined


@given(conversations(1))
def test_a_certificate_is_the_answer_to_itself(drawn: tuple[Certificate, ...]) -> None:
    current, _ = drawn
    assert amended(current, current, ANSWERABLE) == current


@settings(max_examples=60)
@given(conversations(2), answerable, answerable)
def test_answers_to_different_items_commute(drawn: tuple[Certificate, ...], one: str, other: str) -> None:
    current, first, second = drawn
    assume(one != other)
    this = amended(amended(current, first, [one]), second, [other])
    that = amended(amended(current, second, [other]), first, [one])
    # Who was linked to a diagnosis that one of them took away and the other did not know of has lost it on one way.
    assert without_links(this) == without_links(that)
    if "diagnosis" not in {one, other}:
        assert this == that


@settings(max_examples=60)
@given(conversations(2), answerable)
def test_of_two_answers_to_one_item_the_later_stands(drawn: tuple[Certificate, ...], item: str) -> None:
    current, first, second = drawn
    assume(item in stated_items(first) and item in stated_items(second))
    this = amended(amended(current, first, [item]), second, [item])
    that = amended(amended(current, second, [item]), first, [item])
    if first.authored == second.authored:
        # What nobody can put in order ends as it arrived, unless the certificate itself is newer.
        assert (this is current) == (that is current) == (not counts(current, first, item))
        expected = {id(this): second, id(that): first}
    else:
        expected = dict.fromkeys((id(this), id(that)), max(first, second, key=lambda each: each.authored))
        assert without_links(this) == without_links(that)
        if item != "diagnosis":
            assert this == that
    for joined in (this, that):
        winner = expected[id(joined)]
        if counts(current, winner, item):
            assert unlinked(value_of(joined, item), item) == unlinked(value_of(winner, item), item)
            assert joined.stated_by(item) == (winner.author, winner.authored)
        else:
            assert joined is current


@settings(max_examples=60)
@given(conversations(3), st.lists(asked, min_size=3, max_size=3))
def test_provenance_tells_the_truth(drawn: tuple[Certificate, ...], items: Sequence[frozenset[str]]) -> None:
    current, *answers = drawn
    joined = current
    always = ("purpose", "patient", "author")
    truth = dict.fromkeys((*stated_items(joined), *always), (joined.author, joined.authored))
    for answer, of in zip(answers, items, strict=True):
        for item in of.intersection(stated_items(answer)):
            if item not in truth or answer.authored >= truth[item][1]:
                truth[item] = (answer.author, answer.authored)
        joined = amended(joined, answer, of)
    assert set(stated_items(joined)) == set(truth) - set(always)
    assert {item: joined.stated_by(item) for item in truth} == truth
    # Each entry is needed, and there is none of what nobody stated.
    named = [entry.item for entry in joined.provenance]
    assert named == [item for item in ITEMS if item in named]
    assert all(item in truth and truth[item] != (joined.author, joined.authored) for item in named)
    assert (joined.author, joined.authored) == (current.author, current.authored)


def assert_means_the_same(joined: Certificate, stated_in: Certificate, item: str) -> None:
    """Each statement of an item points to the diagnosis that it was stated with, as far as that is there."""
    for before, after in zip(pointing(stated_in, item), pointing(joined, item), strict=True):
        if before is None:
            assert after is None
        elif before in joined.diagnosis.entries:
            assert after == before
        elif before.code is not None and before.code in {each.code for each in joined.diagnosis}:
            assert after is not None
            assert after.code == before.code
        else:
            assert after is None


@given(conversations(1), asked)
def test_statements_mean_the_same_diagnosis_or_none(drawn: tuple[Certificate, ...], items: frozenset[str]) -> None:
    current, answer = drawn
    joined = amended(current, answer, items)
    for item in LINKED:
        assert_means_the_same(joined, answer if item in items and counts(current, answer, item) else current, item)


@settings(max_examples=60)
@given(conversations(2), asked)
def test_a_whole_version_keeps_what_was_answered_after_it(
    drawn: tuple[Certificate, ...], items: frozenset[str]
) -> None:
    current, answer, whole = drawn
    known = amended(current, answer, items)
    joined = carried_over(known, whole)
    later = {
        item
        for item in items
        if counts(current, answer, item)
        and (answer.authored > whole.authored or value_of(whole, item).state == "missing")
    }
    # The same author's answer of the certificate's own instant is not told from the certificate.
    later -= {item for item in later if known.stated_by(item) == (current.author, current.authored)}
    assert (joined is whole) == (not later)
    for item in ANSWERABLE:
        source = known if item in later else whole
        assert unlinked(value_of(joined, item), item) == unlinked(value_of(source, item), item)
        assert joined.stated_by(item) == source.stated_by(item)
    for item in LINKED:
        assert_means_the_same(joined, known if item in later else whole, item)
    blank: dict[str, Any] = {NAMES[item]: Section() for item in ANSWERABLE}
    assert replace(joined, provenance=(), **blank) == replace(whole, **blank)
    assert carried_over(joined, whole) == joined


@settings(max_examples=60)
@given(conversations(2), asked)
def test_an_answer_and_the_whole_version_before_it_may_overtake_each_other(
    drawn: tuple[Certificate, ...], items: frozenset[str]
) -> None:
    current, answer, whole = drawn
    latest = max(current.authored, whole.authored) + timedelta(seconds=1)
    answer = replace(answer, authored=latest)
    overtaken = carried_over(amended(current, answer, items), whole)
    # A diagnosis that only the version in between lacked is lost to the statements that came by way of it.
    assert without_links(overtaken) == without_links(amended(whole, answer, items))


@given(conversations(1), asked)
def test_an_item_that_was_not_asked_about_is_never_taken(drawn: tuple[Certificate, ...], items: frozenset[str]) -> None:
    current, answer = drawn
    joined = amended(current, answer, items)
    for item in set(ANSWERABLE) - items:
        # Nothing of the answer shows, not even whether it says something.
        assert unlinked(value_of(joined, item), item) == unlinked(value_of(current, item), item)
        assert (item in stated_items(joined)) == (item in stated_items(current))
        if item in stated_items(current):
            assert joined.stated_by(item) == current.stated_by(item)
    left_out: dict[str, Any] = {NAMES[item]: Section() for item in set(ANSWERABLE) - items - {"diagnosis"}}
    silent = replace(answer, **left_out)
    assert amended(current, silent, items) == joined
    stranger = replace(silent, purpose=None, replaces=None, status="final", identifier=current.identifier)
    assert amended(current, stranger, items) == joined


@given(conversations(1))
def test_the_answerer_is_told_by_the_answer_alone(drawn: tuple[Certificate, ...]) -> None:
    current, answer = drawn
    joined = amended(current, replace(answer, author=Author(hpr="1")), ["prognosis"])
    named = {entry.item for entry in joined.provenance if entry.author == Author(hpr="1")}
    assert named == ({"prognosis"} if counts(current, answer, "prognosis") else set())


@settings(max_examples=50)
@given(certificates())
def test_every_statement_can_be_asked_about(certificate: Certificate) -> None:
    version = Version(1, "m-1", certificate.authored, "accepted", certificate, (), current=True)
    for item in ANSWERABLE:
        entries = value_of(certificate, item).entries
        single = item in {"employment", "onset", "prognosis"}
        paths = [item] if single else [f"{item}[{place}]" for place in range(len(entries) + 1)]
        there = [not refusals([Target(item, "unclear", path)], None, version, ()) for path in paths]
        assert there == ([bool(entries)] if single else [True] * len(entries) + [False])


# ---- taking back ----

GP, HOSPITAL = Answerer("c-1", "her:1"), Answerer("c-2", "her:2")
answerers = st.sampled_from((GP, HOSPITAL))
Said = tuple[Answerer, Certificate, frozenset[str]]


@st.composite
def answered(draw: st.DrawFn, longest: int = 4) -> tuple[Certificate, list[Said]]:
    """A certificate and answers to it, in the order in which they were written, none at the instant of another."""
    current = replace(draw(certificates()), status="final")
    said = [
        (draw(answerers), replace(draw(certificates()), authored=current.authored + timedelta(days=day)), draw(asked))
        for day in range(1, draw(st.integers(1, longest)) + 1)
    ]
    return current, said


def versions(current: Certificate, said: Sequence[Said]) -> list[Certificate]:
    """The certificate after each answer."""
    found = [current]
    for answerer, answer, items in said:
        found.append(amended(found[-1], answer, items, answerer))
    return found


def all_of(said: Sequence[Said], which: frozenset[Answerer]) -> list[Void]:
    return [
        Void(answerer, item, answer.authored) for answerer, answer, items in said if answerer in which for item in items
    ]


@settings(max_examples=40)
@given(answered(), st.frozensets(answerers, min_size=1))
def test_what_is_taken_back_was_never_said(drawn: tuple[Certificate, list[Said]], which: frozenset[Answerer]) -> None:
    current, said = drawn
    known = versions(current, said)
    voids = all_of(said, which)
    back = taken_back(known[-1], known, voids)
    never = versions(current, [each for each in said if each[0] not in which])[-1]
    assert without_links(back) == without_links(never)
    assert not any(is_void(back, item, voids) for item in ANSWERABLE)
    for item in LINKED:
        # A link that was lost to an answer may be found again; none leads anywhere else.
        for there, then in zip(pointing(back, item), pointing(never, item), strict=True):
            assert there is None or then is None or there.code == then.code
    if which == {GP, HOSPITAL}:
        assert back == current or any("diagnosis" in items for _, _, items in said)


@settings(max_examples=40)
@given(answered(), st.frozensets(answerers, min_size=1), st.frozensets(st.sampled_from(ANSWERABLE)))
def test_taking_back_touches_nothing_else_and_may_be_repeated(
    drawn: tuple[Certificate, list[Said]], which: frozenset[Answerer], items: frozenset[str]
) -> None:
    current, said = drawn
    known = versions(current, said)
    voids = [each for each in all_of(said, which) if each.item in items]
    back = taken_back(known[-1], known, voids)
    for item in set(ANSWERABLE) - items:
        assert unlinked(value_of(back, item), item) == unlinked(value_of(known[-1], item), item)
        assert back.stated_by(item) == known[-1].stated_by(item)
        if "diagnosis" not in items:
            assert value_of(back, item) == value_of(known[-1], item)
    assert taken_back(back, [*known, back], voids) == back
    assert taken_back(back, [back, *reversed(known)], list(reversed(voids))) == back
    kept = ("identifier", "authored", "status", "patient", "author", "purpose", "replaces")
    assert [getattr(back, name) for name in kept] == [getattr(current, name) for name in kept]


@settings(max_examples=40)
@given(answered(2))
def test_a_newer_statement_outlives_what_was_taken_back(drawn: tuple[Certificate, list[Said]]) -> None:
    current, said = drawn
    known = versions(current, said)
    older = [Void(answerer, item, current.authored) for answerer, _, items in said for item in items]
    assert taken_back(known[-1], known, older) is known[-1]
    answerer, answer, items = said[-1]
    others = [Void(answerer, item, answer.authored - timedelta(hours=1)) for item in items]
    back = taken_back(known[-1], known, others)
    for item in items.intersection(stated_items(answer)):
        assert back.stated_by(item) == (answer.author, answer.authored)


@settings(max_examples=40)
@given(answered(3), st.frozensets(answerers, min_size=1))
def test_a_whole_version_beneath_answers_stands_when_they_are_taken_back(
    drawn: tuple[Certificate, list[Said]], which: frozenset[Answerer]
) -> None:
    current, said = drawn
    whole = replace(said[-1][1], authored=current.authored + timedelta(hours=1), status="final", provenance=())
    known = versions(current, said)
    joined = carried_over(known[-1], whole)
    voids = all_of(said, which)
    back = taken_back(joined, [*known, whole, joined], voids)
    for item in ANSWERABLE:
        entries = {entry.item: entry for entry in back.provenance}
        if item not in entries:
            assert unlinked(value_of(back, item), item) == unlinked(value_of(whole, item), item)
        else:
            assert Answerer(entries[item].clarification, entries[item].system) not in which


def test_what_was_withdrawn_as_a_whole_is_not_revived() -> None:
    base = example_certificate()
    said = amended(base, replace(base, authored=base.authored + timedelta(days=1)), ["prognosis"], GP)
    withdrawn = replace(said, authored=base.authored + timedelta(days=2), status="entered-in-error")
    anew = replace(base, authored=base.authored + timedelta(days=3), prognosis=Section())
    later = replace(base, authored=base.authored + timedelta(days=4))
    joined = amended(anew, later, ["prognosis"], HOSPITAL)
    void = Void(HOSPITAL, "prognosis", later.authored)
    back = taken_back(joined, [base, said, withdrawn, anew, joined], [void])
    assert back == anew


def example_certificate() -> Certificate:
    when = datetime(2026, 5, 1, 12, tzinfo=UTC)
    return Certificate(Coding("urn:s", "1"), when, "final", prognosis=Section("none"))
