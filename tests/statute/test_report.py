"""The catalogue in words: for counsel, for the documentation, and what differs between two versions."""

import csv
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.statute.conftest import rewriter
from tests.statute.test_catalogue import rules_in
from workflows.statute import kinds_report, report, wording
from workflows.statute.catalogue import load_all
from workflows.statute.differences import differences
from workflows.statute.loading import read_folder
from workflows.statute.schema import Catalogue, as_json

PAGE = settings.BASE_DIR / "docs" / "reference" / "kinds.md"
UNKNOWN = {
    "en": "not set in law, set by the court's order",
    "ru": "в законе не установлено, устанавливается порядком суда",
    "kk": "заңда белгіленбеген, сот тәртібімен белгіленеді",
}


def test_no_rule_is_left_out(kz: Catalogue) -> None:
    found = list(report.rows(kz))
    # Each kind is handed what all share: the report tells it once.
    shared = len(rules_in((dict(kz.acts), kz.lifting)))
    once = len(rules_in(dict(kz.kinds))) - (len(kz.kinds) - 1) * shared
    assert len(found) == once + len(kz.measures)
    assert all(row.says and row.article and row.review for row in found)


@pytest.mark.parametrize("language", sorted(UNKNOWN))
def test_what_is_unknown_says_so_in_every_language(kz: Catalogue, language: str) -> None:
    with translation.override(language):
        unknown = [row for row in report.rows(kz) if row.mark == "U"]
    assert unknown
    assert all(row.says.endswith(UNKNOWN[language]) for row in unknown)


def test_terms_and_appeals_in_words(kz: Catalogue) -> None:
    custody, extension = kz.kinds["custody"], kz.kinds["custody_extension"]
    with translation.override("en"):
        assert wording.term_length(custody.term("file_with_judge")) == "24, 48, 72 hours, less 8 hours"
        assert wording.term_length(extension.term("to_court")) == "1, 3, 7, 10, 15 days before"
        assert wording.term_length(kz.kinds["search"].term("decide")) == "at once"
        assert "3 days; does not suspend" in wording.says(custody.appeal)
        assert wording.says(kz.kinds["monetary_penalty"].appeal) == UNKNOWN["en"]
    with translation.override("ru"):
        assert wording.term_length(custody.term("decide")) == "8 часов"
        assert wording.says(custody.validity).startswith("продлевается ступенями, предел: 2 месяца")


def test_the_report_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("statute", "report", "--language", "en", "--format", "csv")
    lines = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert lines[0] == ["Kind", "Rule", "What it says", "Article", "Mark", "Review"]
    decide = next(line for line in lines if line[1] == "custody.terms.decide")
    assert decide[0] == "Detention in custody"
    assert decide[2:] == ["judge: Consider the motion and decide; 8 hours", "148(2)", "S", "unreviewed"]


@pytest.mark.parametrize(
    ("kind", "sign"), [("text", "  custody.terms.decide  [148(2), S"), ("markdown", "| custody.terms")]
)
def test_other_formats(capsys: pytest.CaptureFixture[str], kind: str, sign: str) -> None:
    call_command("statute", "report", "--format", kind)
    out = capsys.readouterr().out
    assert sign in out
    assert "Содержание под стражей" in out


def test_a_jurisdiction_without_a_folder_is_named() -> None:
    with pytest.raises(CommandError, match="there is no folder atlantis"):
        call_command("statute", "report", "--jurisdiction", "atlantis")


def test_the_table_of_kinds_in_the_documentation_is_up_to_date(kz: Catalogue) -> None:
    same = PAGE.read_text(encoding="utf-8") == kinds_report.page(kz)
    assert same, "run: python manage.py statute table > docs/reference/kinds.md"


def test_every_kind_is_in_the_table(kz: Catalogue) -> None:
    page = kinds_report.page(kz)
    assert [key for key in kz.kinds if f"(`{key}`)" not in page] == []


# -- differences ----------------------------------------------------------------------------------------------------


def test_the_same_catalogue_does_not_differ(kz: Catalogue) -> None:
    assert list(differences(as_json(kz), as_json(kz))) == []


def test_what_was_added_removed_and_changed_is_named_by_its_path(specimen: Path) -> None:
    old, change = as_json(read_folder(specimen)), rewriter(specimen)
    change("catalogue.yaml", 'version: "1"', 'version: "2"')
    change("arrest.yaml", "amount: 8\n", "amount: 6\n")
    change("arrest.yaml", "    - {same_as: two_texts}\n", "")
    change("search.yaml", "service: []", "service: [{to: owner, article: '4', mark: S, review: unreviewed, label: *l}]")
    change("search.yaml", "name: {kk", "name: &l {kk")
    found = [str(difference) for difference in differences(old, as_json(read_folder(specimen)))]
    assert found[0].startswith("- kinds.arrest.form.fields.first: {")
    assert found[1].startswith("- kinds.arrest.form.fields.second: {")
    assert found[2] == "~ kinds.arrest.terms.decide.amount: 8 -> 6"
    assert found[3].startswith("+ kinds.search.service.owner: {")
    assert len(found) == 4


@pytest.mark.django_db
def test_the_command_compares_stored_versions_and_folders(specimen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_all(specimen.parent)
    rewriter(specimen)("arrest.yaml", "amount: 8\n", "amount: 6\n")
    call_command("statute", "diff", "nowhere@1", str(specimen))
    assert capsys.readouterr().out == "~ kinds.arrest.terms.decide.amount: 8 -> 6\n"
    with pytest.raises(CommandError, match="nowhere@7 is neither"):
        call_command("statute", "diff", "nowhere@7", str(specimen))


def test_faults_of_a_folder_are_named(specimen: Path) -> None:
    rewriter(specimen)("search.yaml", "role: notify_copy", "role: nobody")
    with pytest.raises(CommandError, match=r"search\.yaml:\d+: 'nobody' is not one of"):
        call_command("statute", "diff", str(specimen), str(specimen))
