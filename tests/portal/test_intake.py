"""F-F8, O-F1: officers open cases, enter and correct persons, and name counsel, on pages; refused forms keep all."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ecase.cases.models import Case, Counsel, FormerCounsel, Person
from ecase.officers.models import Organisation
from tests.factories import (
    CaseFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    head_of_unit_of,
    investigator_of,
    judge_of,
    prosecutor_of,
)
from tests.portal.conftest import Visitor

pytestmark = pytest.mark.django_db
NUMBER = "262300031000011"
PERSON = {"capacity": "suspect", "surname": "Тасқынов", "given_name": "Ержан", "sex": "male", "iin": "900517300123"}


def bodies() -> dict[str, Organisation]:
    return {"prosecution": OrganisationFactory(prosecution=True), "court": OrganisationFactory(court=True)}


def typed_case(**changes: str) -> dict[str, str]:
    ids = {name: str(body.pk) for name, body in bodies().items()}
    return {
        "number": "26 2300 031 000011",
        "language": "kk",
        "qualification": "ҚК 188-бабы",
        "summary": "",
        **ids,
    } | changes


def shown(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, address
    return str(page.content.decode())


def test_an_investigator_without_a_case_is_told_to_open_one_and_does(visitor: Visitor) -> None:
    post = PostFactory()
    client = visitor(post)
    assert "/cases/open/" in shown(client, "/cases/")
    assert "/cases/open/" in shown(client, "/")
    opened = client.post("/cases/open/", typed_case())
    case = Case.objects.get(number=NUMBER)
    assert (opened.status_code, opened["Location"]) == (302, f"/cases/{case.pk}/")
    assert f"/cases/{case.pk}/persons/" in shown(client, f"/cases/{case.pk}/")
    assert case.team.get().officer == post.officer


def test_a_refused_form_stands_at_its_own_address_with_all_that_was_typed(visitor: Visitor) -> None:
    client = visitor(PostFactory())
    refused = client.post("/cases/open/", typed_case(number="12", qualification="", summary="Көп жазылған мәтін"))
    assert (refused.status_code, refused["Location"]) == (303, "/cases/open/?refused=1")
    text = shown(client, refused["Location"])
    assert 'href="#number"' in text
    assert 'href="#qualification"' in text
    assert "Көп жазылған мәтін" in text
    assert text.count('class="govuk-error-summary"') == 1
    assert 'value="12"' in text
    # Another visit begins anew.
    assert "Көп жазылған мәтін" not in shown(client, "/cases/open/")


def test_a_head_of_unit_names_the_investigator(visitor: Visitor) -> None:
    head = PostFactory(head_of_unit=True)
    officer = PostFactory(organisation=head.organisation).officer
    visitor(head).post("/cases/open/", typed_case(investigator=str(officer.pk)))
    assert Case.objects.get(number=NUMBER).team.get().officer == officer


def test_persons_are_added_and_corrected(visitor: Visitor) -> None:
    case = CaseFactory()
    client, address = visitor(investigator_of(case)), f"/cases/{case.pk}/persons/"
    assert client.post(address, PERSON)["Location"] == f"/cases/{case.pk}/#persons-title"
    person = case.persons.get()
    correction = {**PERSON, "surname": "Тасқынбаев", "birth_date": "1990-05-17", "reason": "паспорт", "seen": "1"}
    assert client.post(f"{address}{person.pk}/", correction).status_code == 302
    text = shown(client, f"{address}{person.pk}/")
    assert "<del>Тасқынов</del>" in text
    assert 'value="1990-05-17"' in text

    stale = client.post(f"{address}{person.pk}/", {**correction, "surname": "Басқа"})
    assert "Somebody changed this in the meantime" in shown(client, stale["Location"])
    assert case.persons.get().surname == "Тасқынбаев"


def test_a_day_that_does_not_exist_is_refused_at_its_field_and_kept(visitor: Visitor) -> None:
    case = CaseFactory()
    client, address = visitor(investigator_of(case)), f"/cases/{case.pk}/persons/"
    refused = client.post(address, {**PERSON, "birth_date": "31.02.1990"})
    text = shown(client, refused["Location"])
    assert 'id="birth_date-error"' in text
    assert "31.02.1990" in text


def test_a_legal_person_has_a_form_of_its_own(visitor: Visitor) -> None:
    case = CaseFactory()
    client, address = visitor(investigator_of(case)), f"/cases/{case.pk}/persons/"
    assert 'name="surname"' not in shown(client, f"{address}?form=legal")
    given = {"form": "legal", "capacity": "owner", "legal_name": "", "iin": "990140000000"}
    refused = client.post(address, given)
    assert 'name="legal_name"' in shown(client, refused["Location"])
    client.post(address, {**given, "legal_name": "«Ойдан шығарылған» ЖШС"})
    assert case.persons.get().full_name == "«Ойдан шығарылған» ЖШС"


def test_a_protected_person_is_shown_to_nobody(visitor: Visitor) -> None:
    person = PersonFactory(capacity="protected", surname="Жасырынов")
    client, address = visitor(investigator_of(person.case)), f"/cases/{person.case_id}/persons/{person.pk}/"
    text = shown(client, address)
    assert "Жасырынов" not in text
    assert person.iin not in text
    assert client.post(address, {**PERSON, "reason": "x"}).status_code == 404


def test_counsel_is_named_and_ended_for_a_person(visitor: Visitor) -> None:
    suspect, advocate = PersonFactory(), PostFactory(defender=True)
    case = suspect.case
    client = visitor(prosecutor_of(case))
    address = f"/cases/{case.pk}/persons/{suspect.pk}/counsel/"
    assert advocate.officer.full_name in shown(client, address)
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused = client.post(address, {"officer": "", "noticed_on": tomorrow.isoformat()})
    text = shown(client, refused["Location"])
    assert 'id="officer-error"' in text
    assert 'id="noticed_on-error"' in text
    undated = client.post(address, {"officer": str(advocate.officer_id), "noticed_on": ""})
    assert 'id="noticed_on-error"' in shown(client, undated["Location"])
    client.post(address, {"officer": str(advocate.officer_id), "noticed_on": "2026-01-15", "appointed": "yes"})
    counsel = Counsel.objects.get(person=suspect)
    assert counsel.appointed
    assert advocate.officer.full_name in shown(client, f"/cases/{case.pk}/")

    client.post(f"/cases/{case.pk}/counsel/{counsel.pk}/", {"end": "removed", "reason": "94-бап"})
    assert FormerCounsel.objects.get().end == "removed"
    assert "94-бап" in shown(client, f"/cases/{case.pk}/persons/{suspect.pk}/")


def test_a_case_is_corrected_on_its_page(visitor: Visitor) -> None:
    case = CaseFactory()
    client, address = visitor(head_of_unit_of(case)), f"/cases/{case.pk}/correction/"
    ids = {"prosecution": str(case.prosecution_id), "court": str(OrganisationFactory(court=True).pk)}
    given = {"language": "kk", "qualification": case.qualification, "summary": case.summary, "seen": "1", **ids}
    assert 'id="reason-error"' in shown(client, client.post(address, given)["Location"])
    client.post(address, {**given, "reason": "сот ауысты"})
    text = shown(client, address)
    assert "сот ауысты" in text
    # The bodies are named, not their ids.
    assert ids["court"] not in text.partition("Corrected before")[2]


@pytest.mark.parametrize("role", ["judge", "defender", "stranger"])
def test_who_does_not_work_on_the_case_finds_no_such_page(visitor: Visitor, role: str) -> None:
    suspect, strange = PersonFactory(), CaseFactory()
    case = suspect.case
    counsel = Counsel.objects.create(case=case, person=suspect, officer=PostFactory(defender=True).officer)
    other = PersonFactory(case=strange)
    post = {
        "judge": lambda: judge_of(case),
        "defender": counsel.officer.posts.get,
        "stranger": lambda: investigator_of(strange),
    }[role]()
    client = visitor(post)
    pages = [
        f"/cases/{case.pk}/correction/",
        f"/cases/{case.pk}/persons/",
        f"/cases/{case.pk}/persons/{suspect.pk}/",
        f"/cases/{case.pk}/persons/{suspect.pk}/counsel/",
        f"/cases/{case.pk}/counsel/{counsel.pk}/",
    ]
    for address in pages:
        assert client.get(address).status_code in (403, 404), address
        assert client.post(address, PERSON).status_code in (403, 404), address
    assert investigator_of(strange)
    # A person of one's own case has no page in a case of others, nor in one's own case a person of others.
    assert client.get(f"/cases/{strange.pk}/persons/{suspect.pk}/").status_code in (403, 404)
    assert client.get(f"/cases/{case.pk}/persons/{other.pk}/").status_code in (403, 404)
    assert Person.objects.count() == 2
