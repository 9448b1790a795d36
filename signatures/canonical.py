"""Canonical JSON: RFC 8785, narrowed so that one statement has one form in every language and library.

No floats (money is a string), integers of magnitude up to 2^53-1, text in NFC without lone surrogates, string keys.
Signed bytes are stored unchanged; :func:`check` refuses bytes that are not their own canonical form.
"""

import json
import re
import unicodedata
from typing import Any

import rfc8785

from signatures.report.faults import Fault, FaultError

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
# The standard library writes what RFC 8785 asks for, ten times as fast, but sorts keys by code points, not by UTF-16
# units: from U+E000 on these orders differ.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))
_SORTED_OTHERWISE = re.compile("[\ue000-\U0010ffff]")


def canonical(obj: Any) -> bytes:
    """The canonical UTF-8 bytes of a JSON value; ``ValueError`` names the path of a value without one."""
    _inspect(obj, "$", 0)
    text = _ENCODER.encode(obj)
    return rfc8785.dumps(obj) if _SORTED_OTHERWISE.search(text) else text.encode()


def check(data: bytes) -> dict[str, Any]:
    """Parse the canonical bytes of a JSON object; ``ValueError`` for anything else."""
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=unique_keys, parse_float=refuse_number, parse_constant=refuse_number
        )
    except RecursionError as fault:
        raise FaultError(Fault("json-nested-too-deeply")) from fault
    if not isinstance(value, dict):
        raise FaultError(Fault("json-not-an-object"))
    if canonical(value) != data:
        raise FaultError(Fault("json-not-canonical"))
    return value


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of a JSON object (``object_pairs_hook``); ``FaultError`` if two have the same key."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FaultError(Fault("json-key-twice"))
    return found


def refuse_number(text: str) -> None:
    """Raise ``FaultError``: a number with a fraction, or none at all (``parse_float``, ``parse_constant``)."""
    raise FaultError(Fault("json-not-whole-number", text=text))


def _inspect(value: Any, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise FaultError(Fault("json-nested-at", path=path))
    if isinstance(value, str):
        _inspect_text(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _inspect_text(key, f"{path} key")
            _inspect(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _inspect(item, f"{path}[{index}]", depth + 1)
    else:
        _inspect_scalar(value, path)


def _inspect_scalar(value: Any, path: str) -> None:
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise FaultError(Fault("json-number-too-large", path=path, value=str(value)))
    elif value is not None:
        raise FaultError(Fault("json-no-canonical-form", path=path, type=type(value).__name__))


def _inspect_text(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise FaultError(Fault("json-not-text", path=path, type=type(value).__name__))
    if value.isascii():
        return
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise FaultError(Fault("json-lone-surrogate", path=path))
    if not unicodedata.is_normalized("NFC", value):
        raise FaultError(Fault("json-not-nfc", path=path))
