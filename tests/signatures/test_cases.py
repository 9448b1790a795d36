"""The table of the 62 cases matches the verdicts of three verifiers, and every number has a test named after it."""

import re
from pathlib import Path

import pytest

from tests.signatures import cases
from tests.signatures.oracles import ACCEPTS, OPENSSL, REFUSES, openssl_version

NUMBERED = re.compile(r"^def test_case_(\d+)_", re.MULTILINE)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    return cases.verdicts(tmp_path_factory.mktemp("openssl"))


@pytest.mark.skipif(openssl_version() != OPENSSL, reason=f"the table is of {OPENSSL}")
def test_the_page_is_what_the_verifiers_say(verdicts):
    """If it does not match, write it again with ``python -m tests.signatures.cases`` and review the changes."""
    assert cases.PAGE.read_text(encoding="utf-8") == cases.page(verdicts)


def test_only_the_good_ones_pass(verdicts):
    for place, (own, _, _) in verdicts.items():
        assert (own == "TOTAL_PASSED") == (cases.CASES[place].number == 0), cases.CASES[place].what


def test_every_difference_is_explained_and_no_other(verdicts):
    for place, (own, hanko, ssl) in verdicts.items():
        case = cases.CASES[place]
        passed = ACCEPTS if own == "TOTAL_PASSED" else REFUSES
        others = [("pyHanko", hanko, case.pyhanko), ("openssl", ssl, case.openssl)]
        for name, verdict, why in others if openssl_version() == OPENSSL else others[:1]:
            assert bool(why) == (verdict != passed), (
                f"{case.number} {case.what}: {name} {verdict}, explained by {why!r}"
            )


def test_every_case_has_a_test_of_its_number():
    numbers = {case.number for case in cases.CASES} - {0}
    assert numbers == set(range(1, 63))
    sources = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tested = {int(number) for source in sources for number in NUMBERED.findall(source)}
    assert tested >= numbers, numbers - tested


def test_every_case_of_workflow_has_one_through_rest():
    source = (Path(__file__).parents[1] / "api/test_signature_cases.py").read_text(encoding="utf-8")
    assert {int(number) for number in NUMBERED.findall(source)} == set(range(35, 45))
