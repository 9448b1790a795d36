"""The fuzzers themselves: good examples are taken, a planted fault is found, and a short look finds nothing."""

import random
from pathlib import Path

import pytest

from tests.fuzz import __main__ as fuzz
from tests.fuzz.mutator import mutated
from tests.fuzz.targets import Target

pytestmark = pytest.mark.filterwarnings("ignore")
SHORT = 60


@pytest.mark.parametrize("name", fuzz.ALL)
def test_good_examples_are_taken(name):
    """Else a target would look at nothing but the first refusal."""
    target = fuzz.ALL[name]
    assert all(target(seed) for seed in target.seeds())


@pytest.mark.parametrize("name", fuzz.ALL)
def test_a_short_look_finds_nothing(name):
    target, source = fuzz.ALL[name], random.Random(name)
    seeds = target.seeds()
    for _ in range(SHORT):
        target(mutated(source, seeds))


def test_the_same_seed_tries_the_same():
    one, other = (random.Random(1), random.Random(1))
    seeds = fuzz.ALL["cms"].seeds()
    assert [mutated(one, seeds) for _ in range(50)] == [mutated(other, seeds) for _ in range(50)]


@pytest.fixture
def planted(monkeypatch, tmp_path) -> None:
    def run(data: bytes) -> bool:
        if b"\xff" in data:
            raise KeyError("planted")
        raise ValueError("refused")

    monkeypatch.setitem(fuzz.ALL, "planted", Target(run, lambda: [b"\x30\x00"]))
    monkeypatch.setattr(fuzz, "OUTPUT", tmp_path)


def test_a_planted_fault_is_found_kept_and_found_again(planted, tmp_path, capsys):
    tried, (path,) = fuzz.by_structure("planted", 0.5, 1)
    assert tried > 1
    assert b"\xff" in Path(path).read_bytes()
    assert "planted" in capsys.readouterr().err
    with pytest.raises(KeyError):
        fuzz.main(["planted", "--again", str(path)])


def test_a_finding_is_an_exit_code(planted, monkeypatch, capsys):
    monkeypatch.setattr(fuzz.importlib.util, "find_spec", lambda _: None)
    assert fuzz.main(["planted", "--seconds", "0.2"]) == 1
    assert "FOUND: " in capsys.readouterr().out
    assert fuzz.main(["der", "--seconds", "0.2"]) == 0
