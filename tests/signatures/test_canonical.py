"""Case 55: a statement has exactly one form in bytes."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signatures.canonical import MAX_INTEGER, canonical, check

REASON = "JSON|canonical|key|whole numbers|2.53|surrogate|normal form|object|utf-8|deeply|Expecting|BOM"
TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


# The time for generating values depends on the load of the machine.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_round_trip(value):
    assert check(canonical(value)) == value
    assert canonical(check(canonical(value))) == canonical(value)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_bytes_are_those_of_the_library(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("first", ["\ud7ff", "\ue000", "\uffff", "a\uffee"])
def test_keys_are_sorted_by_utf_16_units(first):
    """U+10000 is written with surrogates, which sort before U+E000."""
    value = {first: 1, "\U00010000": 2, "a\U0001f600": 3, "\x7f": '\x00\x1f\x7f\u2028/"\\\b\f\n\r\t'}
    assert canonical(value) == rfc8785.dumps(value)


def test_known_bytes():
    """Keys in the order of UTF-16 units, minimal escapes, no spaces."""
    value = {"ә": 1, "b": [True, None, "é\n"], "a": {"ж": "қаулы"}}
    assert canonical(value).decode() == '{"a":{"ж":"қаулы"},"b":[true,null,"é\\n"],"ә":1}'


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": 1.5}, r"\$\.a: float"),
        ({"a": [1, {"b": float("nan")}]}, r"\$\.a\[1\]\.b: float"),
        ({"a": 2**53}, r"\$\.a: .*2\^53"),
        ({"a": "e\u0301"}, r"\$\.a: .*normal form"),
        ({"e\u0301": 1}, r"\$ key: .*normal form"),
        ({"a": "\ud800"}, r"\$\.a: .*surrogate"),
        ({1: "a"}, r"\$ key: int"),
        ({"a": b"x"}, r"\$\.a: bytes"),
    ],
)
def test_refused_values_are_named_by_path(value, path):
    with pytest.raises(ValueError, match=path):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":9007199254740992}',
        b'{"a":"\\ud800"}',
        '{"a":"e\u0301"}'.encode(),
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}\r\n',
        b'{"a":1}\n',
        b'{ "a":1}',
        b'{"b":1,"a":1}',
        b'{"a":"\\u0061"}',
        b'{"a":-0}',
        b'{"a":"\xff"}',
        b"[]",
        b'"a"',
        b"",
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_case_55_bytes_that_are_not_their_own_canonical_form(data):
    with pytest.raises(ValueError, match=REASON):
        check(data)


def test_case_55_what_json_would_read_the_same_is_refused():
    loose = json.dumps({"a": 1, "b": 2}, indent=1).encode()
    assert check(canonical(json.loads(loose))) == {"a": 1, "b": 2}
    with pytest.raises(ValueError, match="canonical form"):
        check(loose)
