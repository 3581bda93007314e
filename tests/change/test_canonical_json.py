"""Canonical bytes: the same value gives the same bytes, whatever made it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exmigrate.change import NotCanonical, canonical

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_reading_back_gives_the_value(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-9, 9)))
def test_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_keys_sort_by_utf16_code_units() -> None:
    # RFC 8785 section 3.2.3: U+1F600 (a surrogate pair) sorts before U+FB33.
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_control_characters_are_escaped_as_the_rfc_says() -> None:
    assert canonical('\u0007\b\t\n\f\r"\\/\u007f') == b'"\\u0007\\b\\t\\n\\f\\r\\"\\\\/\x7f"'


@pytest.mark.parametrize("value", [1.5, 2**53, {1: "a"}, {"a": {1, 2}}, "\ud800", float("nan")])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)
