"""A catalogue with faults is refused, each fault at its file and line, all at once."""

from pathlib import Path

import pytest

from tests.statute.conftest import Rewrite
from workflows.statute.loading import read_folder
from workflows.statute.reading import CatalogueError


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        read_folder(folder)
    return caught.value.faults


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


LENGTH = "{field: term_starts, amount: 2, unit: months}"
REVIEW = '    review: unreviewed\n    label: {kk: "Өтінішхатты тергеу'
EITHER = "by_choice: {field: held, amounts: {detained: 1, at_large: 2}}\n    amount: 8\n    unit"
PLAIN = "type: text\n      choices: [{key: a, label: {kk: a, ru: a, en: a}}]"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("custody.yaml", "subject: suspect", "subject: offence", "not a field of type 'person'"),
        ("custody.yaml", "subject: suspect", "colour: red", "'colour' is not known here (Kind)"),
        ("custody.yaml", REVIEW, REVIEW.partition("\n")[2], "'review' is missing (Term)"),
        ("custody.yaml", '    article: "147(3)"\n    mark: S', "    mark: S", "'article' is missing (Term)"),
        ("custody.yaml", "role: consent", "role: assent", "'assent' is not one of"),
        ("custody.yaml", "may_return: true", "may_return: perhaps", "'perhaps' is not of type bool"),
        ("custody.yaml", 'starts_on: ["field:detained_at"]', 'starts_on: ["field:detaned_at"]', "is not an instant"),
        ("custody.yaml", "starts_on: [registration]", "starts_on: [receipt]", "neither an act nor"),
        ("custody.yaml", "met_by: [protocol]", "met_by: [ruling]", "'ruling' is not one of"),
        ("custody.yaml", "amounts: {h48: 48, h24: 24, h72: 72}", "amounts: {h48: 48}", "do not match the choices"),
        ("custody.yaml", "amount: 8\n    unit", EITHER, "exactly one of"),
        ("custody.yaml", "remind: [0.5, 0.85]", "remind: [0.5, 1.5]", "fraction between 0 and 1"),
        ("custody.yaml", "value: up_to_five_years", "value: six", "'six' is not a choice of 'penalty'"),
        ("custody.yaml", "required_if: {field: penalty", "required_if: {field: penlty", "no field 'penlty'"),
        ("custody.yaml", "use: [hearing, violence]", "use: [hearings]", "no group 'hearings'"),
        ("custody.yaml", "outcomes: [refused, other_measure]", "outcomes: [granted]", "no outcome 'granted'"),
        ("custody.yaml", "key: custody\n", "key: custdy\n", "in a file of another name"),
        ("custody.yaml", "- key: qualification", "- key: suspect", "'suspect' is used twice"),
        ("custody.yaml", "- key: qualification", "- key: Qualification", "is not a key"),
        ("custody.yaml", "capacities: [suspect]", "capacities: [hero]", "'hero' is not one of"),
        ("custody.yaml", "author_roles: [investigator]", "author_roles: investigator", "a list is expected"),
        ("custody.yaml", 'en: "Detention in custody"', 'en: ""', "'en' is empty"),
        ("custody.yaml", "subject: suspect", "subject: suspect\nsubject: suspect", "written twice"),
        ("custody.yaml", "then_problem: detained_at,", "", "either 'then_required' or 'then_problem'"),
        ("custody.yaml", f"value: {LENGTH}", "value: {field: term_starts}", "a length is"),
        ("custody.yaml", f"later_than, value: {LENGTH}", "later_than, value: now", "compares with a length"),
        ("custody.yaml", "op: present", "op: present, value: 1", "'value' goes with"),
        ("search.yaml", "  mark: U\n", "  mark: U\n  longest: {amount: 30, unit: days}\n", "marked U (unknown)"),
        ("search.yaml", "type: persons", PLAIN, "has no 'choices'"),
        ("acts.yaml", "  agreement:\n", "  consent:\n", "'consent' is not an act"),
        ("acts.yaml", "\nacts:\n", "\nextra: 1\nacts:\n", "'extra' is not known here"),
        ("catalogue.yaml", "valid_from: 2026-01-01", "valid_from: soon", "is not a date"),
        ("catalogue.yaml", "jurisdiction: kz\n", "", "'jurisdiction' is missing"),
        ("catalogue.yaml", "valid_from: 2026-01-01", "valid_from: [", "cannot be read"),
    ],
)  # fmt: skip
def test_one_fault(folder: Path, rewrite: Rewrite, name: str, old: str, new: str, told: str) -> None:
    rewrite(name, old, new)
    faults = faults_of(folder)
    assert any(told in fault for fault in faults), faults
    assert all(fault.split(":")[1].isdigit() for fault in faults), faults


def test_the_line_is_the_one_at_fault(folder: Path, rewrite: Rewrite) -> None:
    rewrite("custody.yaml", "role: consent", "role: assent")
    assert f"custody.yaml:{line_of(folder, 'custody.yaml', 'role: assent')}:" in faults_of(folder)[0]


def test_all_faults_of_all_files_at_once_in_order(folder: Path, rewrite: Rewrite) -> None:
    rewrite("custody.yaml", "role: consent", "role: assent")
    rewrite("custody.yaml", "remind: [0.5, 0.85]", "remind: [0.5, 2.5]")
    rewrite("search.yaml", "role: notify_copy", "role: none_at_all")
    faults = faults_of(folder)
    assert [one.split(":")[0] for one in faults] == ["custody.yaml", "custody.yaml", "search.yaml"]


def test_a_missing_head_is_named(folder: Path) -> None:
    (folder / "acts.yaml").unlink()
    assert faults_of(folder) == ("acts.yaml:1: the file is missing from kz",)


def test_an_empty_file_is_named(folder: Path) -> None:
    (folder / "search.yaml").write_text("", encoding="utf-8")
    assert "search.yaml:1: the file is empty" in faults_of(folder)
