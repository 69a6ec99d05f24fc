"""The tree of nodes: names, text, places, and what reading leaves unread."""

from tests.unit.kith.judging import tree


def test_a_path_counts_by_local_name_whatever_the_namespace() -> None:
    top = tree('<a xmlns="urn:1"><b/><b xmlns="urn:2"/><c><b/></c></a>')
    second = top.children[1]
    assert second.path == "/*[local-name()='a'][1]/*[local-name()='b'][2]"
    assert top.children[2].children[0].path == "/*[local-name()='a'][1]/*[local-name()='c'][1]/*[local-name()='b'][1]"
    assert second.place("x") == f"{second.path}/@x"
    assert (second.namespace, top.name) == ("urn:2", "a")
    assert tree("<a/>").namespace == ""


def test_text_between_children_is_the_parents() -> None:
    top = tree("<a>one\n <b>two</b> three\n <c/>\n</a>")
    assert top.text == "one\n  three\n \n"
    assert tree("<a>\n <b/>\n</a>").text.strip() == ""


def test_readers_pass_over_what_is_forgotten_or_strange() -> None:
    top = tree("<a><b>1</b><b>2</b><b>3</b></a>")
    top.children[0].gone = True
    top.children[1].known = False
    assert [node.text for node in top.all("b")] == ["3"]
    assert top.first("b") is top.children[2]
    assert [node.text for node in top.present] == ["2", "3"]
    assert [node.text for node in top.walk()] == ["", "2", "3"]
    assert top.first("b", "c") is None


def test_what_is_blank_is_absent_and_stays_unread() -> None:
    top = tree('<a x=" " y="1"><b> \n </b><c>\u00a0</c><d> e </d></a>')
    assert (top.attribute("x"), top.attribute("z"), top.attribute("y")) == (None, None, "1")
    assert (top.prose("b"), top.prose("c"), top.prose("d"), top.word("d")) == (None, None, " e ", "e")
    assert top.lost == []
    assert [child.carried for child in top.children] == [False, False, True]
    assert top.first("b") is not None


def test_what_was_not_read_is_lost_but_for_schema_locations() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" xml:lang="nb"'
    top = tree(f'<a {xsi} x="1" y="2" z=""/>')
    top.attribute("x")
    assert top.lost == ["y"]


def test_nodes_without_attributes_share_nothing_that_can_change() -> None:
    one, two = tree("<a/>"), tree("<a x='1'/>")
    two.attribute("x")
    one.read.clear()
    assert (two.read, one.read) == ({"x"}, set())


def test_an_unknown_name_is_never_shown() -> None:
    top = tree("<a><b><c/></b></a>")
    for node in (top.children[0], top.children[0].children[0]):
        node.known = False
    assert top.children[0].children[0].shown == top.path
    top.known = False
    assert top.children[0].shown == top.path
