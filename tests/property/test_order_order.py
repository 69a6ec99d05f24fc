"""Whatever the order in which an order's events arrive, and however often each comes, it ends in the same state.

Certificates come, are left out of again, are withdrawn; NAV returns what they answer. Each promise is held against a
toy that breaks it: what no toy fails on would prove nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain import dialogue, dialogue_targets
from certgateway.domain.certificate import Patient
from certgateway.domain.dialogue import State, TargetState, find_state, open_targets
from certgateway.domain.dialogue_events import (
    Answered,
    Asked,
    Clinician,
    Event,
    Fulfilled,
    HandedOver,
    Ordered,
    Returned,
    Revoked,
    Superseded,
    TakenBack,
)
from certgateway.domain.dialogue_targets import Fulfilment
from certgateway.domain.ordering import CaseQuestion, ordered_targets
from tests.property.test_dialogue_order import (
    INERT,
    INSTANTS,
    KINDS,
    RECEIVERS,
    Unnamed,
    an_example,
    codes,
    differs,
    each_time_it_comes,
    instants,
    items,
    of_instants_only,
    once,
    receivers,
    versions,
)

PATIENT = Patient("16876410773", "fnr", "Vennlig Fjelltur")
CLINICIANS = (Clinician("9581120", "gp", "315001005"), Clinician("7733105", "hospital-specialist", "315001005"))
TARGETS = ordered_targets(map(CaseQuestion, ("risk-activity", "since-when")))
KEYS = sorted(each.key for each in TARGETS)
CERTIFICATES = ("gp-1", "hospital-1")

keys = st.frozensets(st.sampled_from([*KEYS, "specialist"]), max_size=4)
certificates = st.sampled_from(CERTIFICATES)


def order(at: object) -> Unnamed:
    return lambda name: Ordered(name, at, RECEIVERS[0], PATIENT, CLINICIANS[0], TARGETS)  # type: ignore[arg-type]


# An order never gets the events of a question: what answers it is read from whole certificates.
OF_ORDERS: dict[type[Event], st.SearchStrategy[Unnamed]] = {
    kind: strategy for kind, strategy in KINDS.items() if kind not in {Asked, Answered, Superseded}
} | {
    Fulfilled: st.builds(
        lambda at, which, version, what: lambda name: Fulfilled(name, at, which, version, what),
        instants,
        certificates,
        versions,
        keys,
    ),
    Revoked: st.builds(lambda at, which: lambda name: Revoked(name, at, which), instants, certificates),
    # What still answers an order is told of by its certificates; a decline is taken back from none.
    TakenBack: st.builds(
        lambda at, what, written, which: (
            lambda name: TakenBack(name, at, what, RECEIVERS[0], written, 2 if which else None, certificate=which)
        ),
        instants,
        items,
        instants,
        st.sampled_from(["", *CERTIFICATES]),
    ),
    Returned: st.builds(lambda at, why, what: lambda name: Returned(name, at, why, what), instants, codes, keys),
    HandedOver: st.builds(
        lambda at, to, who: lambda name: HandedOver(name, at, to, who),
        instants,
        receivers,
        st.sampled_from([None, *CLINICIANS]),
    ),
}


BY_CERTIFICATES = (Fulfilled, Returned, Revoked)
"""What tells of certificates alone."""


@st.composite
def orders(draw: st.DrawFn, kinds: Collection[type[Event]] = tuple(OF_ORDERS), longest: int = 12) -> list[Event]:
    """An order and events of its kinds; ids follow neither kind nor instant."""
    drawn = draw(st.lists(st.one_of(*map(OF_ORDERS.__getitem__, kinds)), max_size=longest))
    unnamed = [order(INSTANTS[0]), *drawn]
    names = draw(st.permutations([f"{place:02}" for place in range(len(unnamed))]))
    return [event(name) for event, name in zip(unnamed, names, strict=True)]


@st.composite
def arrivals(draw: st.DrawFn, kinds: Collection[type[Event]] = tuple(OF_ORDERS)) -> tuple[list[Event], list[Event]]:
    """An order, and the same as it may arrive: in any order, some events several times."""
    events = draw(orders(kinds))
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    return events, draw(st.permutations([*events, *again]))


def found(events: Sequence[Event]) -> State:
    state = find_state(events)
    assert state is not None
    return state


@given(arrivals())
def test_every_order_of_arrival_ends_in_the_same_state(pair: tuple[list[Event], list[Event]]) -> None:
    assert find_state(pair[1]) == find_state(pair[0])


@given(arrivals())
def test_events_that_come_one_at_a_time_end_in_the_same_state(pair: tuple[list[Event], list[Event]]) -> None:
    store: list[Event] = []
    for event in pair[1]:
        store.append(event)
        # Until the order itself is there, nothing stands anywhere.
        assert (find_state(store) is None) == (not any(isinstance(each, Ordered) for each in store))
    assert find_state(store) == find_state(pair[0])


def is_borne_out(state: State) -> bool:
    """Whether exactly that is answered which a certificate that still stands answers, and by that one; or words do."""
    standing = {each.certificate: each for each in state.fulfilled}
    return all(
        _in_words(each, state)
        if each.replies
        else (each.standing == "answered") == any(each.target.key in one.answers for one in state.fulfilled)
        and (each.standing != "answered" or _by(each, standing))
        for each in state.targets
    )


def _in_words(each: TargetState, state: State) -> bool:
    """What was sent back of other words with it stays found in these."""
    read = {reply.reply for reply in state.replies if reply.standing != "waiting"}
    return each.standing == "answered" and each.certificate is None and read.issuperset(each.replies)


def _by(each: TargetState, standing: dict[str, Fulfilment]) -> bool:
    one = standing.get(each.certificate or "")
    return one is not None and each.target.key in one.answers and each.version == one.version


@given(arrivals())
def test_what_is_answered_is_what_a_certificate_that_stands_answers(pair: tuple[list[Event], list[Event]]) -> None:
    state = found(pair[1])
    assert is_borne_out(state)
    assert not state.revoked
    assert {each.item for each in open_targets([state])} == set(state.open_items)
    assert state.about == ((state.fulfilled[-1].certificate, state.fulfilled[-1].version) if state.fulfilled else None)


@given(arrivals(), keys, versions)
def test_a_version_that_comes_last_tells_what_its_certificate_answers(
    pair: tuple[list[Event], list[Event]], named: frozenset[str], version: int
) -> None:
    before = found(pair[1])
    last = Fulfilled("last", INSTANTS[-1].replace(month=5), "gp-1", version, named)
    after = found([last, *pair[1]])
    other = {key for each in before.fulfilled if each.certificate != "gp-1" for key in each.answers}
    for was, now in zip(before.targets, after.targets, strict=True):
        if now.target.key in named:
            assert (now.standing, now.certificate, now.version) == ("answered", "gp-1", version)
            assert now.rounds == was.rounds + (was.standing != "answered")
        elif now.target.key in other:
            assert (now.standing, now.certificate) == ("answered", "hospital-1")
        elif was.replies:
            assert now == was
        else:
            assert now.standing == ("declined" if was.standing == "declined" else "open")


@given(arrivals())
def test_without_its_certificates_an_order_is_open_again(pair: tuple[list[Event], list[Event]]) -> None:
    gone = [Revoked(f"gone {each}", INSTANTS[-1].replace(month=5), each) for each in CERTIFICATES]
    state = found([*gone, *pair[1]])
    assert (state.fulfilled, state.about) == ((), None)
    # What a counsellor found answered in words no certificate says, and none takes away.
    assert [each for each in state.targets if each.standing == "answered" and not each.replies] == []


def folded(events: Sequence[Event]) -> State | None:
    """What a toy makes of events that it takes as they come."""
    asked = next((event for event in events if isinstance(event, Ordered)), None)
    if asked is None:
        return None
    state = found([asked])
    for event in events:
        state = dialogue._after_event(state, event)
    return state


def of_arrival(events: Sequence[Event]) -> State | None:
    return folded(once(events))


@pytest.mark.parametrize("toy", [of_arrival, of_instants_only, each_time_it_comes])
def test_toy_that_minds_the_order_or_number_of_arrivals_is_caught(
    toy: Callable[[Sequence[Event]], State | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.property.test_dialogue_order.folded", folded)
    assert an_example(arrivals(), lambda pair: differs(toy, pair))


@pytest.mark.parametrize("kind", [kind for kind in OF_ORDERS if kind not in INERT], ids=attrgetter("__name__"))
def test_toy_that_minds_where_one_event_of_a_kind_arrives_is_caught(kind: type[Event]) -> None:
    def fails(pair: tuple[list[Event], list[Event]]) -> bool:
        in_order = sorted(pair[0], key=dialogue._order)
        first = next((event for event in in_order if type(event) is kind), None)
        if first is None:
            return False
        rest = [event for event in in_order if event is not first]
        return folded([*rest, first]) != folded(in_order)

    assert an_example(arrivals(), fails)


def without_another(each: TargetState, certificate: str | None, _others: object) -> TargetState:
    return dialogue_targets.without(each, certificate, ())


def never_out_again(each: TargetState, *_: object) -> TargetState:
    return each


@pytest.mark.parametrize("toy", [without_another, never_out_again])
def test_toy_that_forgets_what_another_certificate_answers_or_that_one_no_longer_does_is_caught(
    toy: Callable[..., TargetState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "without", toy)
    assert an_example(arrivals(BY_CERTIFICATES), lambda pair: not is_borne_out(found(pair[1])))


def test_toy_whose_return_leaves_the_answer_to_another_certificate_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "returned_from", lambda fulfilment, _targets: replace(fulfilment))
    assert an_example(arrivals(BY_CERTIFICATES), lambda pair: not is_borne_out(found(pair[1])))
