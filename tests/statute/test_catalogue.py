"""The catalogue of Kazakhstan: read, stored once, never changed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.utils import translation

from ecase.cases.models import Person
from ecase.officers.models import Role
from ecase.problems import Conflict
from tests.statute.conftest import rewriter
from workflows.statute import schema
from workflows.statute.catalogue import NoLawInForce, catalogue, in_force, load_all, parse
from workflows.statute.models import CatalogueVersion
from workflows.statute.schema import Catalogue, as_json

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_words_agree_with_the_rooms_they_name() -> None:
    assert set(get_args(schema.Capacity)) == set(Person.Capacity.values)
    assert set(get_args(schema.RoleName)) <= set(Role.values)


def test_the_law_covers_every_power_of_the_investigating_judge(kz: Catalogue) -> None:
    """CPC Art. 55(1) and (2), by the articles that the kinds name."""
    articles = {article for kind in kz.kinds.values() for article in kind.articles}
    first = ("1", "2", "3", "4", "5", "5-1", "5-2", "6", "7", "8", "9", "10", *map(str, range(11, 19)))
    second = ("1", "2", "3", "4", "5", "6", "7", "8", "8-1", "8-2", "9")
    powers = {f"55(1)({item})" for item in first} | {f"55(2)({item})" for item in second}
    assert powers - articles == set()


def test_kinds_and_their_paths(kz: Catalogue) -> None:
    roles = {key: kz.kinds[key].prosecutor.role for key in ("custody", "search", "bail_forfeiture")}
    assert roles == {"custody": "consent", "search": "notify_copy", "bail_forfeiture": "author"}
    assert kz.kinds["custody"].outcome("refused").output == "protocol"
    assert kz.kinds["search"].outcome("sanctioned").output == "endorsement"
    assert kz.kinds["search"].outcome("refused").output == "protocol"
    with pytest.raises(KeyError):
        kz.kinds["custody"].outcome("lawful")


def test_every_rule_has_its_article_and_its_review(kz: Catalogue) -> None:
    rules = [rule for kind in kz.kinds.values() for rule in rules_in(kind)]
    assert len(rules) > 100
    assert all(rule.article and rule.mark in "SMU" and rule.review for rule in rules)


def rules_in(value: object) -> list[schema.Rule]:
    """Every rule inside a part of the catalogue."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else []
    if hasattr(value, "__dataclass_fields__"):
        inner = [getattr(value, name) for name in value.__dataclass_fields__]
    own = [value] if isinstance(value, schema.Rule) else []
    return own + [rule for part in inner for rule in rules_in(part)]


def test_a_decision_asks_for_its_outcome_and_then_the_reasons(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form_for("protocol", "sanctioned")
    keys = [field.key for field in form.fields]
    assert keys[:2] == ["held_at", "hearing_form"]
    assert keys[-1] == "reasons"
    assert {"term_starts", "term_ends", "bail_amount", "suspicion_checked"} <= set(keys)


def test_a_person_can_fill_in_a_custody_motion(kz: Catalogue) -> None:
    form = kz.kinds["custody"].form
    assert 8 <= sum(field.required for field in form.fields) <= 10
    assert all(field.help.kk and field.help.ru and field.help.en for field in form.fields)


def test_texts_speak_the_active_language_and_kazakh_by_default(kz: Catalogue) -> None:
    name = kz.kinds["search"].name
    with translation.override("ru"):
        assert str(name) == "Обыск"
    with translation.override("de"):
        assert str(name) == "Тінту"
    assert name.in_("en") == "Search"


def test_stored_json_reads_back_as_the_same_catalogue(kz: Catalogue) -> None:
    assert parse(as_json(kz)) == kz


@pytest.mark.django_db
def test_loading_twice_stores_once() -> None:
    first, second = load_all(), load_all()
    assert first == second
    assert CatalogueVersion.objects.count() == len(first) == len(list(settings.STATUTE_DIR.iterdir()))
    assert catalogue(first[0]) is catalogue(first[0].pk)


@pytest.mark.django_db
def test_the_command_says_what_is_stored(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_statute")
    stored = {tuple(line.split()[:2]) for line in capsys.readouterr().out.splitlines()}
    assert stored == {(version.jurisdiction, version.version) for version in CatalogueVersion.objects.all()}
    assert {place for place, _version in stored} == {folder.name for folder in settings.STATUTE_DIR.iterdir()}


@pytest.mark.django_db
def test_the_command_names_faults_by_line(specimen: Path) -> None:
    rewriter(specimen)("search.yaml", "role: notify_copy", "role: nobody")
    with pytest.raises(CommandError, match=r"search\.yaml:\d+: 'nobody' is not one of"):
        call_command("load_statute", folder=specimen.parent)


@pytest.mark.django_db
def test_the_same_version_with_other_content_is_refused(specimen: Path) -> None:
    load_all(specimen.parent)
    rewriter(specimen)("search.yaml", 'en: "Search"', 'en: "A search"')
    with pytest.raises(Conflict) as caught:
        load_all(specimen.parent)
    assert caught.value.problems[0].code == "version-already-published"
    with pytest.raises(CommandError, match=r"^1: "):
        call_command("load_statute", folder=specimen.parent)


@pytest.mark.django_db
def test_a_stored_version_is_never_changed_or_deleted() -> None:
    row = load_all()[0]
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        CatalogueVersion.objects.filter(pk=row.pk).update(version="x")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        CatalogueVersion.objects.filter(pk=row.pk).delete()


@pytest.mark.django_db
def test_the_version_in_force_is_the_one_that_began_last(specimen: Path) -> None:
    old, change = load_all(specimen.parent)[0], rewriter(specimen)
    change("catalogue.yaml", 'version: "1"', 'version: "2"')
    change("catalogue.yaml", "valid_from: 2026-01-01", "valid_from: 2026-12-01")
    new = load_all(specimen.parent)[0]
    assert in_force("nowhere", NOW) == old
    assert in_force("nowhere", datetime(2026, 11, 30, 20, tzinfo=UTC)) == new  # already 1 December in Almaty
    with pytest.raises(NoLawInForce, match="elsewhere"):
        in_force("elsewhere", NOW)


@pytest.mark.django_db
def test_before_the_first_version_no_law_is_in_force(specimen: Path) -> None:
    load_all(specimen.parent)
    with pytest.raises(NoLawInForce):
        in_force("nowhere", datetime(2025, 12, 31, tzinfo=UTC))
