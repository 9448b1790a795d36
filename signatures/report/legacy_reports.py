"""Reads reports stored before faults had codes: their English sentences are matched against the msgids.

Such reports are in the database and in evidence containers and are never changed.
"""

import functools
import re
from collections.abc import Mapping
from typing import Any

from signatures.report.faults import Fault, Parameter
from signatures.report.messages import FRAMES, SENTENCES

# A longer text is not from this verifier and is not parsed.
LONGEST = 1000
_VARIABLE = re.compile(r"%\((\w+)\)s")


def fault_in(stored: Mapping[str, Any]) -> Fault | None:
    """The fault of a stored check or line; ``None`` if there is none."""
    try:
        if stored.get("fault"):
            return Fault.of(stored["fault"])
    except LookupError:
        # Written by a newer version with more codes: use the sentence stored with it.
        return _quoted(stored["detail"])
    return recognised(stored["detail"]) if stored.get("detail") else None


def recognised(text: str) -> Fault:
    """The fault in an English sentence, or several joined by ``; ``; unknown text is quoted."""
    if len(text) > LONGEST:
        return _quoted(text)
    return _several(text) or _whole(text) or _placed(text) or _quoted(text)


@functools.cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every code with the pattern of its sentence, those with the longest fixed text first."""
    codes = sorted(SENTENCES.keys() - FRAMES, key=lambda code: (-len(_VARIABLE.sub("", SENTENCES[code])), code))
    return tuple((code, re.compile(_pattern(SENTENCES[code]), re.DOTALL)) for code in codes)


def _pattern(sentence: str) -> str:
    """``split`` returns text and variable names alternately."""
    parts = _VARIABLE.split(sentence)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))


def _whole(text: str) -> Fault | None:
    for code, pattern in patterns():
        if match := pattern.fullmatch(text):
            return Fault(code, **{name: _parameter(value) for name, value in match.groupdict().items()})
    return None


def _several(text: str) -> Fault | None:
    """Faults joined by ``; ``, if each part is a known sentence."""
    faults = tuple(map(recognised, text.split("; "))) if "; " in text else ()
    return Fault("several", faults=faults) if faults and not any(fault.code == "quoted" for fault in faults) else None


def _placed(text: str) -> Fault | None:
    """A fault after a place and a colon."""
    first, found, rest = text.partition(": ")
    if not (found and first and rest):
        return None
    return Fault("at-place", place=_parameter(first), fault=recognised(rest))


def _parameter(text: str) -> Parameter:
    found = recognised(text)
    return text if found.code == "quoted" else found


def _quoted(text: str) -> Fault:
    return Fault("quoted", text=text)
