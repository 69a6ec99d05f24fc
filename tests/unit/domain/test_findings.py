"""The verdict over all findings, and what each effect does to it."""

from itertools import product

import pytest

from certgateway.domain.findings import Effect, Finding, Policy, Verdict, judge


def found(*effects: Effect) -> list[Finding]:
    return [Finding("some-rule", effect) for effect in effects]


@pytest.mark.parametrize(
    "effects,policy,verdict",
    [
        ((), "reject", "accepted"),
        ((), "hold", "accepted"),
        ((Effect.NOTE,), "reject", "accepted"),
        ((Effect.REMARK,), "reject", "accepted-with-remarks"),
        ((Effect.REMARK,), "hold", "accepted-with-remarks"),
        ((Effect.UNANSWERED,), "reject", "rejected"),
        ((Effect.UNANSWERED,), "hold", "incomplete"),
        ((Effect.REFUSE,), "reject", "rejected"),
        ((Effect.REFUSE,), "hold", "rejected"),
        ((Effect.NOTE, Effect.UNANSWERED, Effect.REMARK), "hold", "incomplete"),
        ((Effect.UNANSWERED, Effect.REFUSE, Effect.NOTE), "hold", "rejected"),
    ],
)
def test_the_worst_effect_decides(effects: tuple[Effect, ...], policy: Policy, verdict: Verdict) -> None:
    assert judge(found(*effects), policy) == verdict


def test_order_and_number_of_findings_do_not_matter() -> None:
    for effects in product(Effect, repeat=3):
        for policy in ("reject", "hold"):
            assert judge(found(*effects), policy) == judge(found(*sorted(effects), *effects), policy)


@pytest.mark.parametrize(
    "effect,severity,label",
    [
        (Effect.NOTE, "information", "note"),
        (Effect.REMARK, "warning", "remark"),
        (Effect.UNANSWERED, "error", "unanswered"),
        (Effect.REFUSE, "error", "refuse"),
    ],
)
def test_severity_and_label_follow_from_the_effect(effect: Effect, severity: str, label: str) -> None:
    assert (effect.severity, effect.label, Finding("some-rule", effect).severity) == (severity, label, severity)
