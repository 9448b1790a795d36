"""Compares a suggested text with the signed one: the words kept, in order, and the differences for display."""

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_TOKEN = re.compile(r"\s+|\w+(?:[-'’]\w+)*|[^\w\s]+")
# Shorter runs match by chance: "the", "of the", the words around a comma.
SHORTEST_RUN = 3

Difference = tuple[str, str]


def survived(suggested: str, signed: str) -> float:
    """The share, 0 to 1, of the suggested words that stand in the signed text in runs of at least three."""
    ours, theirs = ([word.casefold() for word in _WORD.findall(text)] for text in (suggested, signed))
    if not ours:
        return 0.0
    runs = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    shortest = min(SHORTEST_RUN, len(ours))
    return sum(run.size for run in runs if run.size >= shortest) / len(ours)


def differences(suggested: str, signed: str) -> list[Difference]:
    """``("equal" | "delete" | "insert", text)`` in reading order; the texts of equal and insert make up ``signed``."""
    ours, theirs = _TOKEN.findall(suggested), _TOKEN.findall(signed)
    found: list[Difference] = []
    for operation, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if operation == "equal":
            found.append(("equal", "".join(ours[a:b])))
        else:
            found += [("delete", "".join(ours[a:b])), ("insert", "".join(theirs[c:d]))]
    return [difference for difference in found if difference[1]]
