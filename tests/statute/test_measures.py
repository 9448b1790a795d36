"""Which measure an outcome puts in force is data, and every name in it has its measure, its answer and its person."""

import shutil
from pathlib import Path

import pytest

from workflows.statute.loading import read_folder
from workflows.statute.reading import CatalogueError
from workflows.statute.schema import Catalogue

LAW = Path("fixtures/statute")


def test_every_measure_is_applied_by_an_outcome_and_no_covert_kind_applies_one() -> None:
    for folder in ("kz", "demo-ua"):
        law = read_folder(LAW / folder)
        applied = {key: keys for key in law.kinds if (keys := measures_of(law, key))}
        assert {key for keys in applied.values() for key in keys} == {measure.key for measure in law.measures}
        assert not {key for key in applied if law.kinds[key].secrecy.level == "covert" or key == "search"}


def measures_of(law: Catalogue, kind: str) -> set[str]:
    outcomes = law.kinds[kind].outcomes
    by_answer = {key for outcome in outcomes if outcome.measure_by for key in outcome.measure_by.measures.values()}
    return {outcome.measure for outcome in outcomes if outcome.measure} | by_answer


def test_every_other_measure_that_a_judge_may_choose_is_in_the_register() -> None:
    law = read_folder(LAW / "kz")
    outcome = law.kinds["custody"].outcome("other_measure")
    choices = next(field.choices for field in outcome.form.fields if field.key == "measure")
    assert outcome.measure_by
    assert set(outcome.measure_by.measures) == {choice.key for choice in choices}


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("custody", "measure: custody", "measure: prison", "there is no measure 'prison' in the catalogue"),
        ("fields", "{recognisance: recognisance,", "{recognisance: promise,", "there is no measure 'promise'"),
        ("fields", "{recognisance: recognisance,", "{promise: bail,", "'promise' is not a choice of 'measure'"),
        ("rules", "{field: pending_review, measures", "{field: pending, measures", "is not a field of type 'choice'"),
        ("custody", "measure: custody", "measure: custody\n    measure_by: {field: x, measures: {}}", "not both"),
        ("search", "    grants: true", "    grants: true\n    measure: bail", "names its 'subject', a required field"),
        (
            "covert_action",
            "    grants: true",
            "    grants: true\n    measure: bail",
            "a covert kind applies no measure",
        ),
        ("catalogue", "{key: house_arrest, dep", "{key: custody, dep", "'custody' is used twice"),
    ],
)
def test_a_name_without_its_rule_is_refused(tmp_path: Path, name: str, old: str, new: str, fault: str) -> None:
    folder = tmp_path / "kz"
    shutil.copytree(LAW / "kz", folder)
    file = folder / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CatalogueError) as caught:
        read_folder(folder)

    assert fault in str(caught.value)
