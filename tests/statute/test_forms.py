"""Every form of every kind can be filled in: the checks of the law leave a way through.

A new kind is tested by being added.
"""

from typing import Any

import pytest
from django.conf import settings

from tests.factories import CaseFactory
from tests.law import law_of
from tests.motions.payloads import fill
from workflows.statute.schema import Form, Kind
from workflows.statute.validation import validate

pytestmark = pytest.mark.django_db

KINDS = [
    pytest.param(kind, id=f"{folder.name}-{kind.key}")
    for folder in sorted(settings.STATUTE_DIR.iterdir())
    for kind in law_of(folder.name).kinds.values()
]


def faults(form: Form, **given: Any) -> list[str]:
    case = CaseFactory()
    payload = fill(form, case, **given)
    persons = {str(person.pk): person.capacity for person in case.persons.all()}
    return [f"{problem.field}: {problem.message}" for problem in validate(form, payload, persons=persons)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_motion(kind: Kind) -> None:
    assert faults(kind.form) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_motion_on_the_urgent_path(kind: Kind) -> None:
    if kind.urgent.field:
        assert faults(kind.form, **{kind.urgent.field: True}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_decision(kind: Kind) -> None:
    found = {outcome.key: faults(kind.form_for(outcome.output, outcome.key)) for outcome in kind.outcomes}
    assert found == {outcome.key: [] for outcome in kind.outcomes}


@pytest.mark.parametrize("kind", KINDS)
def test_every_ruling_of_the_appellate_judge(kind: Kind) -> None:
    found = {outcome.key: faults(kind.form_for("appeal_ruling", outcome.key)) for outcome in kind.appeal.outcomes}
    assert found == {outcome.key: [] for outcome in kind.appeal.outcomes}


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_act(kind: Kind) -> None:
    found = {act: faults(form) for act, form in kind.acts.items()}
    assert found == {act: [] for act in kind.acts}
