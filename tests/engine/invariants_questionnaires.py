"""Cases for the invariants of a Questionnaire: one that breaks each, one that doesn't."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group

ITEM = "Questionnaire.item[0]"


def form(*items: Json, **members: object) -> Json:
    """A Questionnaire of these items."""
    return {"resourceType": "Questionnaire", "status": "draft", **members, "item": list(items)}


def asked(type_: str, **members: object) -> Json:
    """An item."""
    return {"linkId": "1", "type": type_, **members}


GROUPS: list[Group] = [
    group(
        "form",
        form(asked("group", item=[{"linkId": "2", "type": "string"}]), name="Form_1"),
        {
            "of a name no machine reads": ({"name": "a form"}, "warning:invariant-broken Questionnaire que-0"),
            "group of nothing": ({"item.0.item": DROP}, f"invariant-broken {ITEM} que-1"),
            "one linkId twice": ({"item.0.item.0.linkId": "1"}, "invariant-broken Questionnaire que-2"),
            "group with a first answer": ({"item.0.initial": [{"valueString": "x"}]}, f"invariant-broken {ITEM} que-8"),
            "inner group of nothing": (
                {"item.0.item.0.type": "group"},
                f"invariant-broken {ITEM}.item[0] que-1",
            ),
        },
        neighbours=[{"name": DROP}],
    ),
    group(
        "text to read",
        form(asked("display", text="x")),
        {
            "that holds items": (
                {"item.0.item": [{"linkId": "2", "type": "string"}]},
                f"invariant-broken {ITEM} que-1",
            ),
            "with a code": (
                {"item.0.code": [{"code": "x", "system": "https://c.example"}]},
                f"invariant-broken {ITEM} que-3",
            ),
            "that is required": ({"item.0.required": True}, f"invariant-broken {ITEM} que-6"),
            "that repeats": ({"item.0.repeats": True}, f"invariant-broken {ITEM} que-6"),
            "that is read only": ({"item.0.readOnly": True}, f"invariant-broken {ITEM} que-9"),
            "with a first answer": ({"item.0.initial": [{"valueString": "x"}]}, f"invariant-broken {ITEM} que-8"),
        },
    ),
    group(
        "choice",
        form(asked("choice", answerOption=[{"valueString": "x"}])),
        {
            "from two sources": ({"item.0.answerValueSet": "https://v.example"}, f"invariant-broken {ITEM} que-4"),
            "of a yes or no": ({"item.0.type": "boolean"}, f"invariant-broken {ITEM} que-5"),
            "with a first answer beside options": (
                {"item.0.initial": [{"valueString": "x"}]},
                f"invariant-broken {ITEM} que-11",
            ),
            "of a greatest length": ({"item.0.maxLength": 3}, f"invariant-broken {ITEM} que-10"),
        },
        neighbours=[{"item.0.answerOption": DROP, "item.0.answerValueSet": "https://v.example"}],
    ),
    group(
        "question",
        form(
            asked("string", maxLength=3, initial=[{"valueString": "x"}]),
            {
                "linkId": "2",
                "type": "string",
                "enableWhen": [{"question": "1", "operator": "exists", "answerBoolean": True}],
            },
        ),
        {
            "two first answers": ({"item.0.initial.+": {"valueString": "y"}}, f"invariant-broken {ITEM} que-13"),
            "that exists by a word": (
                {"item.1.enableWhen.0": {"question": "1", "operator": "exists", "answerString": "x"}},
                "invariant-broken Questionnaire.item[1].enableWhen[0] que-7",
            ),
            "three conditions and no word on them": (
                {
                    "item.1.enableWhen": [
                        {"question": "1", "operator": "=", "answerString": each} for each in ("a", "b", "c")
                    ]
                },
                "invariant-broken Questionnaire.item[1] que-12",
            ),
            "condition of no operator": (
                {"item.1.enableWhen.0.operator": DROP},
                "element-missing Questionnaire.item[1].enableWhen[0] operator",
            ),
            "of no type": ({"item.0.type": DROP}, f"element-missing {ITEM} type"),
            "of a type nobody knows": ({"item.0.type": "x"}, f"code-not-allowed {ITEM}.type"),
        },
        neighbours=[{"item.0.repeats": True, "item.0.initial.+": {"valueString": "y"}}],
    ),
]
