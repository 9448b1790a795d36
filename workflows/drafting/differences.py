"""Compares a suggested text with the signed one: whose words were kept, and the differences for display."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_TOKEN = re.compile(r"\s+|\w+(?:[-'’]\w+)*|[^\w\s]+")
# Whose words a piece of a suggestion is: the template's, a party's or the file's, or those of a norm.
OWN, QUOTED, NORM = "own", "quoted", "norm"
# Shorter runs match by chance: "the", "of the", the words around a comma.
SHORTEST_RUN = 3

Difference = tuple[str, str]
# Whose words, and the words.
Piece = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    """How many words a suggestion has, and how many of them were kept, by whose words they are."""

    words: Counter[str]
    kept: Counter[str]

    @property
    def share(self) -> float:
        """The share, 0 to 1, of the suggestion's own words that were kept: what it quotes is not its own."""
        return self.kept[OWN] / self.words[OWN] if self.words[OWN] else 0.0

    def as_numbers(self) -> dict[str, int]:
        """``own_words``, ``own_kept``, and so on for what it quotes and for norms."""
        counts = {of: {"words": self.words[of], "kept": self.kept[of]} for of in (OWN, QUOTED, NORM)}
        return {f"{of}_{name}": count for of, pair in counts.items() for name, count in pair.items()}


def count_kept(pieces: Iterable[Piece], signed: str) -> Kept:
    """The words of ``pieces`` that stand in ``signed`` in runs of at least three, wherever they were moved.

    A run counts for a piece only by words of that piece (all of them if it is shorter than a run): words that the
    suggestion and the signed text both quote say nothing about the words around them. The time is linear.
    """
    theirs = _WORD.findall(signed.casefold())
    ours = [(number, of, word) for number, (of, text) in enumerate(pieces) for word in _WORD.findall(text.casefold())]
    length = min(SHORTEST_RUN, len(ours)) or 1
    runs = {tuple(theirs[at : at + length]) for at in range(len(theirs) - length + 1)}
    sizes = Counter(number for number, _of, _word in ours)
    kept: set[int] = set()
    for at in range(len(ours) - length + 1):
        run = ours[at : at + length]
        if tuple(word for _number, _of, word in run) in runs:
            numbers = [number for number, _of, _word in run]
            whole = {number for number in numbers if numbers.count(number) >= min(length, sizes[number])}
            kept.update(at + step for step, number in enumerate(numbers) if number in whole)
    return Kept(Counter(of for _number, of, _word in ours), Counter(ours[at][1] for at in kept))


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
