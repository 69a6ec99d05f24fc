"""Cases of narrative: which XHTML FHIR allows, in JSON as text and in XML as elements."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, JsonOnly, group
from tests.unit.engine.profile_making import patient

XHTML = "http://www.w3.org/1999/xhtml"
AT = "Patient.text.div"
NOT_XML = JsonOnly("what isn't XML can't stand in XML")
ELEMENTS, ATTRIBUTES, CONTENT = "allowed elements", "allowed attributes", "content"
LINKS = "links that run nothing"


def div(inner: str, attributes: str = "") -> str:
    """A narrative."""
    return f'<div xmlns="{XHTML}"{attributes}>{inner}</div>'


# What R4 takes over from HTML 4.0: chapters 7 to 11, without section 4 of chapter 9, and 15; links and images.
ALLOWED_ELEMENTS = (
    "a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i "
    "img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var"
)
ALLOWED_ATTRIBUTES = (
    "abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff "
    "charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc "
    "name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value "
    "vspace width xml:lang"
)
BROKEN: dict[str, tuple[str, str]] = {
    "script": (div("<p>x</p><script>x()</script>"), ELEMENTS),
    "style sheet": (div("<p>x</p><style>p {}</style>"), ELEMENTS),
    "form": (div("<form><p>x</p></form>"), ELEMENTS),
    "input": (div("x<input/>"), ELEMENTS),
    "frame": (div("x<iframe/>"), ELEMENTS),
    "object": (div("x<object/>"), ELEMENTS),
    "body": (div("<body>x</body>"), ELEMENTS),
    "element nobody knows": (div("<x>y</x>"), ELEMENTS),
    "click handler": (div('<p onclick="x()">x</p>'), ATTRIBUTES),
    "load handler on the div": (div("x", ' onload="x()"'), ATTRIBUTES),
    "action": (div('<a action="x">x</a>'), ATTRIBUTES),
    "script by link": (div('<a href="javascript:x()">x</a>'), LINKS),
    "script by image": (div('<img src="JavaScript:x()" alt="x"/>'), LINKS),
    "script by link behind a space": (div('<a href=" javascript:x()">x</a>'), LINKS),
    "page in a link": (div('<a href="data:text/html,x">x</a>'), LINKS),
    "only spaces": (div("<p> </p>"), CONTENT),
    "nothing": (div(""), CONTENT),
    "only hard spaces": (div("<p>\u00a0</p>"), CONTENT),
}
JSON_ONLY: dict[str, tuple[str, str]] = {
    "not closed": (f'<div xmlns="{XHTML}"><p>x</div>', "well-formed XHTML"),
    "text alone": ("x", "well-formed XHTML"),
    "two divs": (div("x") * 2, "well-formed XHTML"),
    "entity nobody knows": (div("&nothing;"), "entities of XML alone"),
    "no namespace": ("<div>x</div>", "a div in the XHTML namespace"),
    "another namespace": ('<div xmlns="urn:x">x</div>', "a div in the XHTML namespace"),
    "a paragraph": (f'<p xmlns="{XHTML}">x</p>', "a div in the XHTML namespace"),
    "a type of document": ("<!DOCTYPE div>" + div("x"), "well-formed XHTML"),
}

GROUPS: list[Group] = [
    group(
        "narratives",
        patient(text={"status": "generated", "div": div("<p>x</p>")}),
        {
            **{name: ({"text.div": text}, f"narrative-not-allowed {AT} {why}") for name, (text, why) in BROKEN.items()},
            **{
                name: ({"text.div": text}, f"narrative-not-allowed {AT} {why}", NOT_XML)
                for name, (text, why) in JSON_ONLY.items()
            },
            "absent": ({"text.div": DROP}, "element-missing Patient.text div"),
            "of no status": ({"text.status": DROP}, "element-missing Patient.text status"),
            "of a status nobody knows": ({"text.status": "done"}, "code-not-allowed Patient.text.status"),
            "a number": ({"text.div": 1}, f"type-wrong {AT} xhtml", NOT_XML),
        },
        neighbours=[
            {"text.div": div('<table><tr><td style="x">a<br/>b</td></tr></table>')},
            {"text.div": div('<a href="https://x.example" title="x">x</a>')},
            {"text.div": div('<a href="#p">x</a><a name="p">y</a>')},
            {"text.div": div('<img src="data:image/png;base64,aGVp" alt="x"/>')},
            {"text.div": div("<h1>x</h1><ul><li>y</li></ul>", ' lang="nb" xml:lang="nb" class="x" id="y"')},
            {"text.div": div("".join(f"<{name}>x</{name}>" for name in ALLOWED_ELEMENTS.split()))},
            {"text.div": div("".join(f'<b {name}="x">x</b>' for name in ALLOWED_ATTRIBUTES.split()))},
            {"text.div": div("a &amp; b &lt; c <!-- d -->")},
        ],
    ),
    group(
        "named characters",
        patient(text={"status": "generated", "div": div("<p>x</p>")}),
        {"none of them": ({"text.div": div("&foo;")}, f"narrative-not-allowed {AT} entities of XML alone", NOT_XML)},
    ),
]
