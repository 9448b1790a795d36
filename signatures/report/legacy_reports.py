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
        return Fault("quoted", text=stored["detail"])
    return recognised(stored["detail"]) if stored.get("detail") else None


def recognised(text: str) -> Fault:
    """The fault in an English sentence, or several joined by ``; ``; unknown text is quoted."""
    quoted = Fault("quoted", text=text)
    if len(text) > LONGEST:
        return quoted
    # Faults joined by ``; ``, if each part is a known sentence.
    faults = tuple(map(recognised, text.split("; "))) if "; " in text else ()
    if faults and not any(fault.code == "quoted" for fault in faults):
        return Fault("several", faults=faults)
    for code, pattern in patterns():
        if match := pattern.fullmatch(text):
            return Fault(code, **{name: _parameter(value) for name, value in match.groupdict().items()})
    place, _colon, rest = text.partition(": ")
    return Fault("at-place", place=_parameter(place), fault=recognised(rest)) if place and rest else quoted


@functools.cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every code with the pattern of its sentence, those with the longest fixed text first."""
    codes = sorted(SENTENCES.keys() - FRAMES, key=lambda code: (-len(_VARIABLE.sub("", SENTENCES[code])), code))
    found = []
    for code in codes:
        # Text and variable names alternate.
        parts = enumerate(_VARIABLE.split(SENTENCES[code]))
        pattern = "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in parts)
        found.append((code, re.compile(pattern, re.DOTALL)))
    return tuple(found)


def _parameter(text: str) -> Parameter:
    found = recognised(text)
    return text if found.code == "quoted" else found
