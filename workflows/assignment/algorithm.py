"""The arithmetic of the draw, which anyone can repeat: no database, no clock, no floats, only SHA-256.

``docs/reference/draw.md`` describes it for third parties. A change of any line here needs a new algorithm name.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

NAME = "ecase.draw/2"
FIRST = "ecase.draw/1"
SCALE = 10_000
# Added to every judge's load: a judge with no motions is more likely to be drawn, but not certain.
EASE = 10
FULL_SHARE = 100
_SPACE = 2**256

Candidate = Mapping[str, Any]


def weight(share: int, speciality: int, load: int) -> int:
    """How likely a judge is to be drawn, relative to the weights of the others.

    ``share`` is the part of a full load, 1 to 100 per cent; ``speciality`` a factor, 1 for none; ``load`` the number of
    motions. The load is scaled by the share: four motions on half a post weigh like eight on a full one.
    """
    return max(1, SCALE * speciality * share * share // (EASE * share + FULL_SHARE * load))


def seed(parts: Mapping[str, Any]) -> str:
    """The seed, 64 hex digits: SHA-256 over one line for each part.

    The nonce was committed to before the act was known, and the act was signed before the nonce was
    known: nobody could choose one knowing the other.
    """
    lines = (NAME, parts["motion"], parts["court"], parts["nonce"], parts["act"]["sha256"])
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def commitment(nonce: str) -> str:
    """What is published of a nonce before it is used: its SHA-256."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def winner(seed: str, candidates: Sequence[Candidate]) -> str:
    """The officer whom ``seed`` picks among ``candidates`` (``officer`` and a whole ``weight`` each, in this order).

    Takes a number evenly distributed below the sum of the weights; the candidate whose range contains it wins. Raises
    ``ValueError`` if all weights are 0.
    """
    total = sum(candidate["weight"] for candidate in candidates)
    if total < 1:
        raise ValueError("there is nobody to draw")
    number = _number(seed, total)
    for candidate in candidates:
        number -= candidate["weight"]
        if number < 0:
            break
    return str(candidate["officer"])


def _number(seed: str, total: int) -> int:
    """A number evenly distributed below ``total``; hashes from the last, incomplete range are skipped as biased."""
    counter = 0
    while (number := _hashed(f"{seed}:{counter}")) >= _SPACE - _SPACE % total:
        counter += 1
    return number % total


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def faults(record: Mapping[str, Any]) -> list[str]:
    """The inconsistencies in a draw's record; empty if there are none."""
    if record["algorithm"] not in _CHECKS:
        return [f"the algorithm {record['algorithm']!r} is not known"]
    return [text for text, holds in _CHECKS[record["algorithm"]].items() if not holds(record)]


def _weighs(candidate: Candidate) -> bool:
    made_of = candidate["made_of"]
    load = made_of["open"] + made_of["done"] + made_of["appeals"]
    return bool(candidate["weight"] == weight(made_of["share"], made_of["speciality"], load))


def _ordered(record: Mapping[str, Any]) -> bool:
    officers = [candidate["officer"] for candidate in record["candidates"]]
    return officers == sorted(set(officers)) and not set(officers) & set(record["excluded"])


def _first_picks(record: Mapping[str, Any]) -> bool:
    """Checks draws of the first algorithm, without weights: the smallest SHA-256 of seed and officer wins."""
    officers = [str(candidate) for candidate in record["candidates"]]
    return bool(min(officers, key=lambda officer: _hashed(f"{record['seed']}:{officer}")) == record["chosen"])


_CHECKS: dict[str, dict[str, Callable[[Mapping[str, Any]], bool]]] = {
    FIRST: {"another judge should have been drawn": _first_picks},
    NAME: {
        "the nonce is not the one that was committed to": lambda record: (
            commitment(record["made_of"]["nonce"]) == record["made_of"]["commitment"]
        ),
        "the seed is not the hash of its parts": lambda record: seed(record["made_of"]) == record["seed"],
        "a weight is not what its parts make": lambda record: all(map(_weighs, record["candidates"])),
        "the candidates are not in order": _ordered,
        "another judge should have been drawn": lambda record: (
            winner(record["seed"], record["candidates"]) == record["chosen"]
        ),
    },
}
