"""What the simple types take: by the words of XML Schema, and by libxml2 where that does as they say."""

from collections.abc import Callable

import pytest
from lxml import etree

from certgateway.kith import lexical
from tests.calibration import assert_within, cpu
from tests.golden import kith_mutations

OID = r"""<xs:simpleType name="oid"><xs:restriction base="xs:token"><xs:maxLength value="255"/>
<xs:pattern value="\d+(\.\d+)*"/></xs:restriction></xs:simpleType>"""
VALUES = sorted(
    {value for pool in kith_mutations.VALUES for value in pool}
    | {"0000", "0000-01-01", "-0001", "-0004-02-29", "-0005-02-29", "012026", "12026", "2026-05+14:00", "1.2\n"}
    | {"2026-05-12T24:00:00.0", "24:00:00.00", "24:00:00Z", "23:59:59.999999999999", "2026-05-12T08:20:00+14:30"}
    | {"1" * 255, "1" * 256, "0" * 19 + "2"}
)
CHECKED_BY_LIBXML2 = ("nonNegativeInteger", "date", "dateTime", "time", "gYear", "gYearMonth", "string", "token", "oid")


def check(name: str) -> Callable[[str], bool]:
    return lexical.is_oid if name == "oid" else lexical.CHECKS[name]


def libxml2(name: str) -> etree.XMLSchema:
    typed = "oid" if name == "oid" else f"xs:{name}"
    return etree.XMLSchema(
        etree.fromstring(
            f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{OID}
            <xs:element name="a"><xs:complexType><xs:attribute name="v" type="{typed}"/></xs:complexType></xs:element>
            </xs:schema>"""
        )
    )


def is_blank_around_a_time(name: str, value: str) -> bool:
    """The standard takes white space away before a date is looked at; libxml2 forgets to."""
    return name in {"date", "dateTime", "time", "gYear", "gYearMonth"} and value != value.strip()


@pytest.mark.parametrize("name", CHECKED_BY_LIBXML2)
def test_a_type_takes_what_libxml2_takes(name: str) -> None:
    schema, ours = libxml2(name), check(name)
    apart = [
        value
        for value in VALUES
        if not is_blank_around_a_time(name, value) and ours(value) != schema.validate(etree.Element("a", v=value))
    ]
    assert apart == []


@pytest.mark.parametrize(
    "name,value", [("date", " 2026-05-12 "), ("dateTime", "\n2026-05-12T08:20:00\t"), ("time", " 08:20:00")]
)
def test_blanks_around_a_time_are_nothing(name: str, value: str) -> None:
    assert check(name)(value)
    assert not check(name)(value.replace(" ", "\u00a0").replace("\n", "\u00a0"))


@pytest.mark.parametrize(
    "text,number",
    [
        ("2", "2"),
        ("02", "2"),
        ("+2", "2"),
        (" 2\n", "2"),
        ("+007", "7"),
        ("0", "0"),
        ("000", "0"),
        ("-0", "0"),
        ("-00", "0"),
        ("9" * 30, "9" * 30),
        *[
            (wrong, None)
            for wrong in ("", " ", "+", "-", "-2", "2.0", "2 2", "+ 2", "++2", "1e0", "\uff12", "\u00a02", "1_0")
        ],
    ],
)
def test_a_whole_number_is_read_by_value(text: str, number: str | None) -> None:
    assert lexical.whole_number(text) == number
    assert lexical.is_whole_number(text) == (number is not None)


@pytest.mark.parametrize("text", ["2", "02", "+2", " 2 "])
def test_an_enumerated_number_is_compared_by_value(text: str) -> None:
    among = lexical.number_among({"1", "2"})
    assert among(text)
    assert not among(text.replace("2", "3"))
    assert not among("")


def test_an_enumerated_word_is_compared_as_its_type_says() -> None:
    assert [lexical.text_among({"HP"}, collapsed=False)(text) for text in ("HP", " HP ", "hp")] == [True, False, False]
    assert [lexical.text_among({"HP"}, collapsed=True)(text) for text in ("HP", " HP ", "hp")] == [True, True, False]


def test_a_union_takes_what_one_of_its_members_takes() -> None:
    either = lexical.any_of([lexical.CHECKS["date"], lexical.CHECKS["gYear"]])
    assert [either(text) for text in ("2026-05-12", "2026", "2026-05")] == [True, True, False]


@pytest.mark.parametrize("text", ["", " ", "TQ==", "TWE=", "TWFu", "TWFu TWFu", "T W\nF\tu", "TQ= ="])
def test_base64_is_known(text: str) -> None:
    assert lexical.is_base64(text)


@pytest.mark.parametrize(
    "text", ["T", "TQ", "TQ=", "TR==", "TWF=", "TWFu=", "=", "====", "TW-u", "TWFø", "TQ==TWFu", "TWF\u00a0u"]
)
def test_what_is_no_base64_is_known(text: str) -> None:
    assert not lexical.is_base64(text)


@pytest.mark.parametrize("pattern", sorted(lexical.OID_PATTERNS))
def test_both_patterns_of_an_oid_say_the_same(pattern: str) -> None:
    """To libxml2, on every short text of digits and dots."""
    facet = OID.replace(r"\d+(\.\d+)*", pattern)
    schema = etree.XMLSchema(
        etree.fromstring(
            f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{facet}
            <xs:element name="a" type="oid"/></xs:schema>"""
        )
    )
    texts = ["".join("1." if digit == "1" else "." for digit in f"{number:b}") for number in range(64)]
    texts += ["".join("1.x"[number // 3**place % 3] for place in range(6)) for number in range(3**6)]
    for text in texts:
        element = etree.Element("a")
        element.text = text
        assert schema.validate(element) == lexical.is_oid(text), text


@pytest.mark.parametrize(
    "name,text",
    [
        ("oid", "1" * 2_000_000 + "x"),
        ("oid", "1." * 100 + "x"),
        ("base64Binary", "TWFu" * 500_000 + "-"),
        ("nonNegativeInteger", "0" * 2_000_000 + "x"),
        ("date", "2026-05-12" + " " * 2_000_000 + "x"),
        ("dateTime", "2026-05-12T08:20:00." + "0" * 2_000_000 + "x"),
    ],
)
def test_a_check_costs_linear_time(name: str, text: str) -> None:
    assert not check(name)(text)
    assert_within(0.3, lambda: cpu(lambda: check(name)(text)))
