"""The arithmetic of a draw: repeatable by anybody, and fair."""

import hashlib
import random
from typing import Any

import pytest

from workflows.assignment import algorithm
from workflows.assignment.algorithm import weight, winner

# Quantiles of chi-square at 1 in 10,000: seeds are fixed, so this is no chance of a red build.
CHI_SQUARE = {1: 15.14, 2: 18.42, 4: 23.51}
DRAWS = 20_000


def candidates(*weights: int) -> list[dict[str, Any]]:
    return [{"officer": f"o{number}", "weight": weight} for number, weight in enumerate(weights)]


def tally(weights: tuple[int, ...]) -> list[int]:
    among, won = candidates(*weights), dict.fromkeys((f"o{number}" for number in range(len(weights))), 0)
    for number in range(DRAWS):
        won[winner(hashlib.sha256(b"%d" % number).hexdigest(), among)] += 1
    return list(won.values())


@pytest.mark.parametrize("weights", [(1, 1), (1, 1, 1), (5, 3, 2), (1000, 10, 90), (333, 1000, 500, 77, 90)])
def test_judges_are_drawn_as_often_as_their_weights_say(weights: tuple[int, ...]) -> None:
    expected = [DRAWS * weight / sum(weights) for weight in weights]
    distance = sum((won - mean) ** 2 / mean for won, mean in zip(tally(weights), expected, strict=True))
    assert distance < CHI_SQUARE[len(weights) - 1]


def test_the_test_of_fairness_can_fail() -> None:
    expected = [DRAWS / 3] * 3
    distance = sum((won - mean) ** 2 / mean for won, mean in zip(tally((11, 10, 10)), expected, strict=True))
    assert distance > CHI_SQUARE[2]


def test_a_number_from_the_unfinished_last_stretch_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With weights that fill two thirds of the range, a third of all numbers has to be refused."""
    total = 2**256 // 3 * 2
    seeds = [f"s{number}" for number in range(300)]
    numbers = [algorithm._number(seed, total) for seed in seeds]
    first = [algorithm._hashed(f"{seed}:0") for seed in seeds]
    refused = [number for number, drawn in zip(numbers, first, strict=True) if number != drawn]
    assert 60 < len(refused) < 140
    assert all(number < total for number in numbers)


def test_nobody_without_weight_is_drawn() -> None:
    assert {winner(f"{number}", candidates(0, 1, 0)) for number in range(200)} == {"o1"}
    for nobody in ([], candidates(0, 0)):
        with pytest.raises(ValueError, match="nobody"):
            winner("seed", nobody)


def test_the_same_seed_picks_the_same_judge_for_ever() -> None:
    """Frozen: if this changes, the algorithm needs a new name."""
    assert [winner(f"seed {number}", candidates(5, 3, 2)) for number in range(8)] == [
        "o1",
        *["o0"] * 4,
        "o2",
        "o0",
        "o2",
    ]
    assert algorithm.NAME == "ecase.draw/2"


def test_half_a_post_weighs_half_and_its_load_twice() -> None:
    assert weight(100, 1, 0) == 100_000
    assert weight(50, 1, 0) == 50_000
    assert weight(50, 1, 4) == weight(100, 1, 8) // 2
    assert weight(100, 1, 10) == weight(100, 1, 0) // 2
    assert weight(100, 3, 7) in range(weight(100, 1, 7) * 3, weight(100, 1, 7) * 3 + 3)


def test_however_busy_everybody_can_be_drawn() -> None:
    assert weight(1, 1, 1_000_000) == 1


def test_loads_even_out() -> None:
    """A year of draws over a full post, a half one, and one that starts with fifty motions behind."""
    shares, loads = [100, 50, 100], [50, 50, 0]
    for number in range(4000):
        among = candidates(*(weight(share, 1, load) for share, load in zip(shares, loads, strict=True)))
        loads[int(winner(f"{number}", among)[1:])] += 1
    full, half, late = loads
    assert abs(full - late) < 0.1 * full
    assert abs(full - 2 * half) < 0.2 * full


RECORD = {
    "algorithm": "ecase.draw/1",
    "seed": "aa",
    "candidates": ["o1", "o2", "o3"],
    "chosen": min(["o1", "o2", "o3"], key=lambda name: hashlib.sha256(f"aa:{name}".encode()).digest()),
}


def test_draws_of_the_first_algorithm_are_still_verified() -> None:
    assert algorithm.faults(RECORD) == []
    others = sorted(set(RECORD["candidates"]) - {RECORD["chosen"]})
    assert algorithm.faults({**RECORD, "chosen": random.Random(1).choice(others)}) != []
    assert algorithm.faults({**RECORD, "algorithm": "ecase.draw/0"}) == ["the algorithm 'ecase.draw/0' is not known"]
