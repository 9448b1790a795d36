"""The papers of every kind in every language, generated from the catalogue: a new kind is tested by being added."""

from itertools import product
from typing import Any

import pytest

from tests.law import law_of
from tests.papers.conftest import PaperMaker
from tests.papers.test_rendering import squeeze, text_of
from tests.papers.test_words import strings
from workflows.papers import facts, render
from workflows.papers.facts import Language
from workflows.papers.rendering import document
from workflows.papers.wording import words
from workflows.statute.schema import Field, Form, Kind, Outcome

KINDS = law_of().kinds
LANGUAGES: tuple[Language, ...] = ("kk", "ru", "en")
SAID = "Айтылған мән-жай, изложенное, stated"
MOTIONS = list(product(KINDS.values(), LANGUAGES))
DECISIONS = [(kind, outcome, language) for kind, language in MOTIONS for outcome in kind.outcomes]


def named(value: object) -> str:
    return getattr(value, "key", str(value))


@pytest.mark.parametrize(("kind", "language"), MOTIONS, ids=named)
def test_a_motion_states_every_field_of_its_form(paper: PaperMaker, kind: Kind, language: Language) -> None:
    asked = sections(kind.form, language)
    made = paper("motion", language, kind=kind_facts(kind, language), sections=asked, hearing=None)
    states(made, kind.name.in_(language), *labels(kind.form, language))


@pytest.mark.parametrize(("kind", "outcome", "language"), DECISIONS, ids=named)
def test_a_decision_states_its_outcome_and_its_fields(
    paper: PaperMaker, kind: Kind, outcome: Outcome, language: Language
) -> None:
    given: dict[str, Any] = {
        "kind": kind_facts(kind, language),
        "outcome": outcome_facts(outcome, language),
        "service": tuple(addressee.label.in_(language) for addressee in kind.service),
        "norms": tuple(norm.text.in_(language) for norm in kind.norms),
        "sections": sections(outcome.form, language),
        "motion_sections": sections(kind.form, language),
    }
    made = paper(outcome.output, language, hearing=None, **given)
    told = (
        outcome.label.in_(language),
        words(language).outcome_article(outcome.article),
        *given["service"],
        *given["norms"],
    )
    states(made, *told, *labels(kind.form, language), *labels(outcome.form, language))


def states(paper: facts.Paper, *expected: str) -> None:
    """The page says it, and it can be printed: no sign that the fonts lack, no fact that was not filled in."""
    said = squeeze(" ".join(map(str, strings(document(paper)))))
    assert [text for text in expected if squeeze(text) not in said] == []
    printed = text_of(render(paper))
    assert "[u+" not in printed
    assert "{" not in printed


def labels(form: Form, language: Language) -> tuple[str, ...]:
    return tuple(field.label.in_(language) for field in form.fields)


def kind_facts(kind: Kind, language: Language) -> facts.KindFacts:
    return facts.KindFacts(kind.name.in_(language), ", ".join(kind.articles), kind.key)


def outcome_facts(outcome: Outcome, language: Language) -> facts.OutcomeFacts:
    label, checked = outcome.label.in_(language), outcome.path == "urgent"
    return facts.OutcomeFacts(outcome.key, label, outcome.grants, outcome.article, checked, outcome.inadmissible)


def sections(form: Form, language: Language) -> tuple[facts.Section, ...]:
    return tuple(_section(field, language) for field in form.fields)


def _section(field: Field, language: Language) -> facts.Section:
    label = field.label.in_(language)
    if field.type != "list":
        return facts.Section(label, (SAID,), key=field.key)
    header = tuple(column.label.in_(language) for column in field.fields)
    return facts.Section(label, table=facts.Table(header, (tuple(SAID for _ in header),)), key=field.key)
