"""Makes numbers that the database gave relative to its sequences, so that the statements can be played in a copy.

In the copy the sequences hand out numbers to each session in bulk.
"""

import re
from collections.abc import Mapping

# Far above any other number in a statement.
SEQUENCES = {"audit_entry": 7_000_000_000_000, "outbox_message": 8_000_000_000_000}
_NUMBER = r"\b[78]\d{12}\b"
_LITERAL = r"(?P<escape>\bE)?'(?P<text>(?(escape)(?:[^'\\]|\\.|'')|(?:[^']|''))*)'"
_FOUND = re.compile(rf"{_LITERAL}|{_NUMBER}", re.DOTALL)


def relative(statement: str, last: Mapping[str, int]) -> str:
    """``statement`` with each sequence number replaced by an offset from the sequence's last one (``last``, by table).

    A number may be inside a literal, such as JSON.
    """
    return _FOUND.sub(lambda found: _rewritten(found, last), statement)


def _rewritten(found: re.Match[str], last: Mapping[str, int]) -> str:
    text = found["text"]
    if text is None:
        return _expression(found.group(), last)
    if not re.search(_NUMBER, text):
        return found.group()
    quote = f"{found['escape'] or ''}'"
    parts = re.split(f"({_NUMBER})", text)
    pieces = (_expression(part, last) if place % 2 else f"{quote}{part}'" for place, part in enumerate(parts))
    return f"({' || '.join(pieces)})"


def _expression(number: str, last: Mapping[str, int]) -> str:
    table = next(name for name, start in SEQUENCES.items() if int(number) // 10**12 == start // 10**12)
    return f"(currval(pg_get_serial_sequence('{table}', 'id')) - {last[table] - int(number)})"
