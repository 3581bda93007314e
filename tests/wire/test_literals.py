"""Literals: whatever the text, PowerShell's own quoting rules read the same value back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exmigrate.remote import literal
from exmigrate.remote.errors import BadLiteral
from tests.wire.literal_reader import read_literal

texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("'\u2018\u2019\u201a\u201b\"`$(){}@;\n\r\t\0\u2028"), st.characters(codec="utf-8")
    )
)
keys = st.dictionaries(texts, st.none(), max_size=4).filter(
    lambda found: len({key.upper() for key in found}) == len(found)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(keys, st.lists(inner, min_size=4, max_size=4)).map(
            lambda pair: dict(zip(pair[0], pair[1], strict=False))
        )
    ),
    max_leaves=20,
)


@given(values)
def test_reads_back_as_it_was(value: Any) -> None:
    assert read_literal(literal(value)) == value


@given(texts)
def test_no_text_leaves_its_quotes(text: str) -> None:
    written = literal([text, 1])
    assert read_literal(written) == [text, 1]
    assert "\0" not in written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("it's", "'it''s'"),
        ("’", "'’’'"),
        ([], "@()"),
        ([1], "@(,1)"),
        ([[1]], "@(,@(,1))"),
        ({"a": True, "b": None}, "@{'a'=$true;'b'=$null}"),
        ("a\0b", "(''+'a'+[char]0+'b')"),
        ("\0", "(''+[char]0)"),
    ],
)
def test_form(value: Any, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize(
    "value", [1.5, 2**63, "\ud800", {"a": 1, "A": 2}, {1: 2}, b"x", object(), {"deep": [object()]}]
)
def test_what_has_no_literal_is_refused(value: Any) -> None:
    with pytest.raises(BadLiteral):
        literal(value)


def test_depth_is_bounded() -> None:
    value: Any = 1
    for _ in range(40):
        value = [value]
    with pytest.raises(BadLiteral, match="32 deep"):
        literal(value)
