"""Reports that were stored before faults had codes hold finished English sentences. They are read back by the msgids.

Such reports stand in the database and in evidence containers, where they stay as they are.
"""

import functools
import re
from collections.abc import Mapping
from typing import Any

from signatures.report.fault import Fault, Parameter
from signatures.report.sentences import FRAMES, SENTENCES

# A longer text is some stranger's, and not worth the time.
LONGEST = 1000
_VARIABLE = re.compile(r"%\((\w+)\)s")


def fault_in(stored: Mapping[str, Any]) -> Fault | None:
    """What is wrong by a stored check or line; ``None`` if nothing is."""
    try:
        if stored.get("fault"):
            return Fault.of(stored["fault"])
    except LookupError:
        # By a version that knows more faults than this one: its sentence stands beside it.
        return _quoted(stored["detail"])
    return recognised(stored["detail"]) if stored.get("detail") else None


def recognised(text: str) -> Fault:
    """The fault that an English sentence tells, or several joined by ``; ``; what is not known is quoted."""
    if len(text) > LONGEST:
        return _quoted(text)
    return _several(text) or _whole(text) or _placed(text) or _quoted(text)


@functools.cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every code with what recognises its sentence; those that say the most in words of their own first."""
    codes = sorted(SENTENCES.keys() - FRAMES, key=lambda code: (-len(_VARIABLE.sub("", SENTENCES[code])), code))
    return tuple((code, re.compile(_pattern(SENTENCES[code]), re.DOTALL)) for code in codes)


def _pattern(sentence: str) -> str:
    """``split`` gives text and names in turns."""
    parts = _VARIABLE.split(sentence)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))


def _whole(text: str) -> Fault | None:
    for code, pattern in patterns():
        if match := pattern.fullmatch(text):
            return Fault(code, **{name: _parameter(value) for name, value in match.groupdict().items()})
    return None


def _several(text: str) -> Fault | None:
    """Faults joined by ``; ``, where it is no part of a stranger's text."""
    faults = tuple(map(recognised, text.split("; "))) if "; " in text else ()
    return Fault("several", faults=faults) if faults and not any(fault.code == "quoted" for fault in faults) else None


def _placed(text: str) -> Fault | None:
    """A fault with a name before it."""
    first, found, rest = text.partition(": ")
    if not (found and first and rest):
        return None
    return Fault("at-place", place=_parameter(first), fault=recognised(rest))


def _parameter(text: str) -> Parameter:
    found = recognised(text)
    return text if found.code == "quoted" else found


def _quoted(text: str) -> Fault:
    return Fault("quoted", text=text)
