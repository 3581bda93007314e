"""A step kind file: every fault is refused with its line."""

import pytest

from exmigrate.catalog import CatalogError, check_texts, load_catalog
from exmigrate.catalog.frontmatter import parse_kind

WHOLE = """<#
title: "SCP of {{ server.name }}"
scope: server
when: "server.target"
effect: convergent
needs: [install-cas@server, {kind: stage-media, at: "['A']", when: "true"}]
arguments: {server: server.name, url: {$fact: "'inv-scp@' ~ server.name"}}
#>
function Check { param($a) }
function Apply { param($a) }
function Verify { param($a) }
"""


def parse(text: str):
    return parse_kind(text, id="a-kind", phase="cas", file="cas/a-kind.ps1")


def test_a_whole_kind() -> None:
    kind = parse(WHOLE)
    check_texts(kind)
    assert kind.functions == ("Check", "Apply", "Verify")
    assert [(n.kind, n.at, n.computed) for n in kind.needs] == [
        ("install-cas", "server", False),
        ("stage-media", "['A']", True),
    ]
    assert kind.text.startswith("function Check")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("scope: server", "scope: galaxy", 3, "scope: 'galaxy' is not known."),
        ("scope: server\n", "", 1, "The key 'scope' is missing."),
        ("effect: convergent", "effekt: convergent", 5, "Unknown key 'effekt'."),
        ("effect: convergent", "effect: convergent\neffect: once", 6, "The key 'effect' stands twice."),
        ("when: ", "when: [", 5, "The front matter is no YAML."),
        ("install-cas@server", "install-cas@moon", 6, "needs: unknown binding @moon."),
        ("function Verify", "function Verifie", 5, "The step kind a-kind has no function Verify."),
        (
            "effect: convergent",
            "effect: convergent\nreversibility: forward-only",
            6,
            "The step kind a-kind is forward-only and gives no reason.",
        ),
        (
            "effect: convergent",
            "effect: convergent\npoint_of_no_return: server.target",
            6,
            "The step kind a-kind is point-of-no-return and gives no reason.",
        ),
        ("<#\n", "", 1, "The file has no front matter."),
    ],
)
def test_a_fault_names_its_line(old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(CatalogError) as caught:
        parse(WHOLE.replace(old, new, 1))
    assert caught.value.message == message
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.line) == ("cas/a-kind.ps1", line)


def test_an_expression_that_does_not_compile_names_its_key() -> None:
    with pytest.raises(CatalogError, match="when does not compile"):
        check_texts(parse(WHOLE.replace('when: "server.target"', 'when: "server. +"')))


def test_every_kind_of_the_package_is_whole() -> None:
    catalog = load_catalog()
    assert catalog.kinds
    for kind in catalog.kinds.values():
        check_texts(kind)
        missing = [name for name in kind.libraries if name not in catalog.libraries]
        assert missing == [], kind.id


def test_every_kind_of_a_transition_exists() -> None:
    catalog = load_catalog()
    for transition in catalog.transitions:
        assert [id for id in transition.phase_of if id not in catalog.kinds] == []


def test_a_kind_of_ones_own_cannot_replace_one_of_the_package(tmp_path) -> None:
    (tmp_path / "cas").mkdir()
    (tmp_path / "cas" / "install-cas.ps1").write_text(WHOLE)
    with pytest.raises(CatalogError, match="exists in the catalog already"):
        load_catalog(str(tmp_path))
