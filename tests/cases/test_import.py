"""Cases come from a file: each entry whole or not at all, tried without a trace, reported, twice without harm."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ecase.audit.models import Entry
from ecase.cases.models import Case, Counsel, Person
from ecase.officers.models import Post
from tests.factories import CaseFactory, OrganisationFactory, PostFactory

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "262300031000011", "262300031000012"


@pytest.fixture
def post() -> Post:
    return PostFactory()


@pytest.fixture
def entries() -> list[dict[str, str]]:
    bodies = {"prosecution": OrganisationFactory(prosecution=True).bin, "court": OrganisationFactory(court=True).bin}
    case = {"number": NUMBER, "language": "kk", "qualification": "ҚК 188-бабы, 3-бөлік", **bodies}
    person = {"capacity": "suspect", "surname": "Тасқынов", "given_name": "Ержан", "sex": "male", "external_id": "p-1"}
    counsel = {"counsel": PostFactory(defender=True).officer.iin, "noticed_on": "2026-01-15"}
    return [
        {**case, **person, **counsel},
        {**case, "capacity": "victim", "surname": "Басқа", "sex": "female", "external_id": "p-2"},
    ]


def as_csv(entries: list[dict[str, str]]) -> str:
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    rows = [names, *[[entry.get(name, "") for name in names] for entry in entries]]
    return "\ufeff" + "\n".join(";".join(f'"{cell}"' for cell in row) for row in rows)


def run(capsys: Any, tmp_path: Path, text: str, post: Post, *options: str) -> list[str]:
    file = tmp_path / "cases"
    file.write_text(text, encoding="utf-8")
    call_command("import_cases", str(file), "--by", post.officer.iin, *options)
    return str(capsys.readouterr().out).splitlines()


def counts() -> tuple[int, int, int]:
    return Case.objects.count(), Person.objects.count(), Counsel.objects.count()


@pytest.mark.parametrize("form", [json.dumps, as_csv])
def test_a_file_is_tried_and_entered_and_comes_twice(
    capsys: Any, tmp_path: Path, post: Post, entries: list[dict[str, str]], form: Any
) -> None:
    logged = Entry.objects.count()
    tried = run(capsys, tmp_path, form(entries), post, "--dry-run")
    assert (counts(), Entry.objects.count()) == ((0, 0, 0), logged)
    entered = run(capsys, tmp_path, form(entries), post)
    assert tried[:2] == entered[:2]
    assert entered[0].endswith(f"\t{NUMBER}\tcase, person, counsel")
    assert entered[1].endswith(f"\t{NUMBER}\tperson")
    assert counts() == (1, 2, 1)
    again = run(capsys, tmp_path, form(entries), post)
    assert again[0].endswith("\t-")
    assert counts() == (1, 2, 1)


def test_a_refused_entry_leaves_nothing_and_the_others_are_entered(
    capsys: Any, tmp_path: Path, post: Post, entries: list[dict[str, str]]
) -> None:
    wrong = {**entries[0], "number": OTHER, "birth_date": "31.02.1990", "sex": "x"}
    with pytest.raises(CommandError, match="1"):
        run(capsys, tmp_path, json.dumps([wrong, *entries]), post)
    report = capsys.readouterr().out.splitlines()
    assert report[0].startswith(f"1\t{OTHER}\t")
    assert "birth_date: " in report[0]
    assert "sex: " in report[0]
    assert Case.objects.get().number == NUMBER


def test_a_case_of_others_is_not_added_to(
    capsys: Any, tmp_path: Path, post: Post, entries: list[dict[str, str]]
) -> None:
    CaseFactory(number=NUMBER)
    with pytest.raises(CommandError):
        run(capsys, tmp_path, json.dumps(entries), post)
    assert not Person.objects.exists()


@pytest.mark.parametrize("text", ["[1]", "[{]", 'number;colour\n"1";"red"', "[" * 100_000])
def test_what_is_no_such_file_is_refused(capsys: Any, tmp_path: Path, post: Post, text: str) -> None:
    with pytest.raises(CommandError):
        run(capsys, tmp_path, text, post)


def test_only_who_may_open_cases_enters_them(capsys: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(capsys, tmp_path, "[]", PostFactory(prosecutor=True))
