"""Prepares profiles as plain functions that tell whether a value surely conforms, so that most places cost one call.

A function answers "nothing would be found here", or false: then `conformance` judges the place, and only it finds
faults. Values come here after base R4 has found nothing wrong in their resource and no primitive in it has extensions
beside it. What has no simple function (a rare slicing, a place inside a contained resource) is never sound here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.quick import QuickTest, quick_test
from certgateway.engine.fhirpath.values import Node
from certgateway.engine.instance import steps_of
from certgateway.engine.invariants import holds
from certgateway.engine.profiles.plans import plan_of
from certgateway.engine.references import is_absolute, stated_type
from certgateway.engine.slice_tests import SliceTests
from certgateway.engine.soundness.shapes import MOST_SETS, Keys, Shapes, Source, never
from certgateway.engine.soundness.slice_sorting import Sorter, quick_sorter
from certgateway.engine.soundness.value_trials import value_trials

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import Invariant
    from certgateway.engine.instance import Scope, Trail
    from certgateway.engine.profiles.plans import Fit, RulePlan
    from certgateway.engine.profiles.profiles import Profile
    from certgateway.engine.run import Run

Tree = Any
# What stands somewhere, the scope it stands in, and the run: which profiles were found to hold, and where.
Sound = Callable[[Tree, "Scope", "Run"], bool]

_MANY = 1_000_000_000


def _always(_value: Tree, _scope: Scope, _run: Run) -> bool:
    return True


class Soundness:
    """The functions of one set of definitions for one set of ignored constraints, each made when first asked for."""

    def __init__(self, definitions: Definitions, ignored: frozenset[str]) -> None:
        """Make nothing yet."""
        self._definitions = definitions
        self._steps = steps_of(definitions)
        self._slice_tests = SliceTests(definitions)
        self._ignored = ignored
        # Rules by their identity, which lasts: each function holds its profile.
        self._known: dict[tuple[int, str], Sound] = {}
        self._extensions: dict[str, Sound] = {}

    def profile(self, profile: Profile, code: str) -> Sound:
        """Whether a value of type `code` surely conforms to a profile."""
        key = (id(profile.root), code)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._profile(profile, code)
        return found

    def extension(self, url: str) -> Sound | None:
        """Whether an extension surely is what its definition asks; None where that is unknown, or asks for others."""
        found = self._extensions.get(url)
        if found is None:
            profile = self._definitions.profile(url)
            if profile is not None and not profile.imposed:
                found = self._extensions[url] = self.profile(profile, "Extension")
        return found

    def _profile(self, profile: Profile, code: str) -> Sound:
        if not self._definitions.is_a(code, profile.type):
            return never
        made = list[Sound]()

        def make() -> Sound:
            made.append(self._rule(plan_of(profile.root), code))
            return made[0]

        def sound_part(value: Tree, scope: Scope, run: Run) -> bool:
            return (made[0] if made else make())(value, scope, run)

        def sound(value: Tree, scope: Scope, run: Run) -> bool:
            key = (id(value), id(profile.root))
            known = run.known
            if known.holds(key):
                return True
            if known.is_lost(key):
                return False
            mark = known.begin(key)
            found = (made[0] if made else make())(value, scope, run)
            known.end(key, mark, found=found)
            return found

        # Only resources are led to more than once.
        return sound if self._definitions.is_resource(code) else sound_part

    # ---- one element ----

    def _rule(self, plan: RulePlan, code: str) -> Sound:
        """Whether a value of type `code` surely is what a rule asks for."""
        return _every([test for test in self._tests(plan, code) if test is not _always])

    def _tests(self, plan: RulePlan, code: str) -> list[Sound]:
        rule = plan.rule
        fit = plan.fit(code, self._definitions) if rule.types else None
        if rule.types and fit is None:
            return [never]
        tests = [*value_trials(rule, code, self._definitions), self._children(plan, code)]
        if fit is not None and fit.profiles:
            tests.append(self._one_of(fit, code))
        if fit is not None and fit.targets:
            tests.append(self._target(fit))
        for invariant in rule.invariants:
            if invariant.key not in self._ignored:
                is_root = self._definitions.is_resource(code)
                quick = quick_test(invariant.expression, code, self._definitions, is_root=is_root)
                tests.append(_holds(invariant, quick, code))
        return tests

    def _one_of(self, fit: Fit, code: str) -> Sound:
        """One of the profiles of a type; of an extension that nobody defines, the policy on those has spoken."""
        profiles = [self._definitions.profile(url) for url in fit.profiles]
        tests = [self.profile(profile, code) for profile in profiles if profile is not None]
        if len(tests) < len(profiles):
            return never if code != "Extension" else _always
        if len(tests) == 1:
            url = fit.profiles[0]
            return tests[0] if code != "Extension" or "|" in url else _unless_defined(url, tests[0])
        return lambda value, scope, run: any(test(value, scope, run) for test in tests)

    def _target(self, fit: Fit) -> Sound:
        """Where a Reference leads: to a resource that is here and conforms, or to one of the types it may lead to."""
        definitions = self._definitions
        profiles = [profile for profile in map(definitions.profile, fit.targets) if profile is not None]
        if len(profiles) < len(fit.targets):
            return never
        by_type: dict[str, list[Sound]] = {}

        def tests_for(name: str) -> list[Sound]:
            found = by_type.get(name)
            if found is None:
                fitting = [each for each in profiles if definitions.is_a(name, each.type)]
                found = by_type[name] = [self.profile(each, name) for each in fitting]
            return found

        def sound(value: Tree, scope: Scope, run: Run) -> bool:
            reference = value.get("reference")
            rows = _found(reference, scope) if reference else ()
            if len(rows) != 1:
                name = stated_type(value, definitions)
                return name is None or bool(tests_for(name))
            resource = rows[0][0]
            there = scope.entries.scopes.get(id(resource)) if scope.entries is not None else None
            name = resource.get("resourceType")
            # A type nobody knows is refused elsewhere, and not remembered here.
            if there is None or id(resource) in run.odd or not definitions.is_resource(name):
                return False
            for test in tests_for(name):  # noqa: SIM110  A loop costs half of a generator.
                if test(resource, there, run):
                    return True
            return False

        return sound

    # ---- the elements below ----

    def _children(self, plan: RulePlan, code: str) -> Sound:
        """Whether everything below is what is asked: worked out once for all objects with the same keys."""
        if not plan.children:
            return _always
        facts = self._definitions.type(code)
        if facts is not None and facts.kind == "primitive-type":
            return self._of_primitive(plan, code)
        names = facts.keys if facts is not None else ()
        shapes = Shapes(partial(self._written, plan, code), names, is_resource=self._definitions.is_resource(code))
        known, met = shapes.known.get, shapes.met

        def sound(value: Tree, scope: Scope, run: Run) -> bool:
            keys = tuple(value)
            return (known(keys) or met(keys))(value, scope, run)

        return sound

    def _of_primitive(self, plan: RulePlan, code: str) -> Sound:
        """What is asked of a primitive's own value; nothing stands beside it here."""
        tests = [self._without_step(child, code) for child in plan.children]
        return _every([test for test in tests if test is not _always])

    def _without_step(self, child: RulePlan, code: str) -> Sound:
        if child.rule.name == "value":
            is_simple = not child.slices and child.rule.max != 0 and child.rule.min <= 1
            return self._rule(child, code) if is_simple else never
        return never if child.demands else _always

    def _written(self, plan: RulePlan, code: str, keys: Keys) -> Sound | None:
        """What is tried of an object with these keys; None where something that is demanded isn't among them."""
        source = Source(f"{code} {plan.rule.name}")
        for child in plan.children:
            step = self._steps.step(code, child.rule.name)
            rows = dict.fromkeys(step.keys[key] for key in keys if key in step.keys) if step is not None else ()
            if step is not None and rows:
                key, _, kind = next(iter(rows))
                source.add(f"c = v[{key!r}]")
                self._write_child(source, child, kind, f"{code}.{step.name}", is_list=step.repeats)
            elif child.demands:
                return None
        return source.function()

    def _write_child(self, source: Source, child: RulePlan, kind: str, path: str, *, is_list: bool) -> None:
        """Write what is asked of the occurrences of one element, together and each."""
        least, most = child.rule.min, child.rule.max
        if not is_list and (least > 1 or most == 0):
            source.refuse_if("True")
        if is_list and (least > 1 or most is not None):
            source.refuse_if(f"not {least} <= len(c) <= {_MANY if most is None else most}")
        each = self._each(child, kind)
        if each is not _always and is_list:
            source.begin("for x in c:")
            source.refuse_if(f"not {source.named(each)}(x, s, g)")
            source.end()
        elif each is not _always:
            source.refuse_if(f"not {source.named(each)}(c, s, g)")
        if child.slices:
            sliced = self._sliced(child, kind, path)
            source.refuse_if(f"not {source.named(sliced)}({'c' if is_list else '(c,)'}, s, g)")

    def _each(self, plan: RulePlan, kind: str) -> Sound:
        return self._by_resource(plan) if kind == "Resource" else self._rule(plan, kind)

    def _by_resource(self, plan: RulePlan) -> Sound:
        """A resource inside another has a scope of its own, and the type it says."""
        if not self._asks(plan):
            return _always
        by_type: dict[str, Sound] = {}

        def sound(value: Tree, scope: Scope, run: Run) -> bool:
            there = scope.entries.scopes.get(id(value)) if scope.entries is not None else None
            if there is None:
                return False
            name = value["resourceType"]
            test = by_type.get(name)
            if test is None:
                test = by_type[name] = self._rule(plan, name)
            return test(value, there, run)

        return sound

    def _asks(self, plan: RulePlan) -> bool:
        """Whether a rule says anything of a value itself or below it."""
        rule = plan.rule
        return bool(rule.types or rule.invariants or plan.children or plan.names_value or plan.bounds_value)

    # ---- slices ----

    def _sliced(self, plan: RulePlan, kind: str, path: str) -> Sound:
        """Whether every slice has the members it may have, and each is what the slice asks."""
        sort = quick_sorter(plan, kind, self._slice_tests, self._definitions)
        slicing = plan.rule.slicing
        if sort is None or (slicing is not None and (slicing.ordered or slicing.rules != "open")):
            return never
        tests = [never if each.rule.max == 0 else self._each(each, kind) for each in plan.slices]
        bounds = [(each.rule.min, _MANY if each.rule.max is None else each.rule.max) for each in plan.slices]
        demanded = dict.fromkeys((number for number, each in enumerate(plan.slices) if each.demands), 0)
        again = [
            _of_members(sort, number, self._sliced(each, kind, path), is_demanded=each.demands)
            for number, each in enumerate(plan.slices)
            if each.slices
        ]
        inner = path.endswith(("Extension.extension", "Extension.modifierExtension"))

        def sound(values: Tree, scope: Scope, run: Run) -> bool:
            counts = demanded.copy()
            for value in values:
                number = sort(value)
                if number is not None:
                    counts[number] = counts.get(number, 0) + 1
                    if not tests[number](value, scope, run):
                        return False
                elif inner and not is_absolute(value.get("url")):
                    return False
            for number, count in counts.items():
                least, most = bounds[number]
                if not least <= count <= most:
                    return False
            return True

        return _every([sound, *again])


def soundness_of(definitions: Definitions, ignored: frozenset[str]) -> Soundness:
    """The functions of these definitions, shared by all judgements that ignore the same constraints."""
    known: dict[frozenset[str], Soundness] = definitions.remembered("soundness", lambda _: {})
    if ignored not in known:
        if len(known) >= MOST_SETS:
            known.clear()
        known[ignored] = Soundness(definitions, ignored)
    return known[ignored]


def _of_members(sort: Sorter, number: int, test: Sound, *, is_demanded: bool) -> Sound:
    """A test of all values together that belong to one slice; where none does, only of a slice that demands some."""

    def sound(values: Tree, scope: Scope, run: Run) -> bool:
        members = [value for value in values if sort(value) == number]
        return not (members or is_demanded) or test(members, scope, run)

    return sound


def _found(reference: str, scope: Scope) -> Sequence[tuple[Tree, Trail]]:
    """The resources that a reference names; a URN is looked for as it stands."""
    if scope.entries is not None and reference.startswith("urn:uuid:"):
        return scope.entries.by_url.get(reference, ())
    return scope.find(reference)


def _every(tests: list[Sound]) -> Sound:
    if not tests:
        return _always
    if len(tests) == 1:
        return tests[0]

    def sound(value: Tree, scope: Scope, run: Run) -> bool:
        for test in tests:  # noqa: SIM110  A loop costs half of a generator.
            if not test(value, scope, run):
                return False
        return True

    return sound


def _unless_defined(url: str, test: Sound) -> Sound:
    """A test by an extension's own definition, which has mostly been asked already."""

    def sound(value: Tree, scope: Scope, run: Run) -> bool:
        return (id(value) in run.defined and value["url"] == url) or test(value, scope, run)

    return sound


def _holds(invariant: Invariant, quick: QuickTest | None, code: str) -> Sound:
    def sound(value: Tree, scope: Scope, run: Run) -> bool:
        answer = quick(value) if quick is not None else None
        return holds(run, invariant, Node(value, code), scope) if answer is None else answer

    return sound
