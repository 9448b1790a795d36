"""R-A7: a program opens cases, enters and corrects persons and names counsel; each request may be sent again."""

from datetime import date
from typing import Any

import pytest

from ecase.cases.models import Case, Correction, Counsel, FormerCounsel
from ecase.officers.models import Post
from tests.api.conftest import Call, Caller, problem
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

pytestmark = pytest.mark.django_db
NUMBER = "262300031000011"
URL = f"/api/v1/cases/{NUMBER}/"
SUSPECT = {"capacity": "suspect", "surname": "Тасқынов", "given_name": "Ержан", "sex": "male", "iin": "900517300123"}


def fields(**changes: Any) -> dict[str, Any]:
    bodies = {"prosecution": OrganisationFactory(prosecution=True).bin, "court": OrganisationFactory(court=True).bin}
    return {"language": "kk", "qualification": "ҚК 188-бабы", **bodies, **changes}


@pytest.fixture
def post() -> Post:
    return PostFactory()


@pytest.fixture
def mine(call: Call, post: Post) -> Caller:
    caller = call(post)
    answer = caller.put(URL, fields())
    assert answer.status_code == 201, answer.content
    return caller


def test_a_case_is_opened_once_however_often_it_is_sent(call: Call, post: Post) -> None:
    caller, given = call(post), fields()
    first, again = caller.put(URL, given), caller.put(URL, given)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data == caller.get(URL).data
    assert (first["ETag"], again["ETag"]) == ('"1"', '"1"')
    assert Case.objects.get().team.get().officer == post.officer
    assert not Correction.objects.exists()


def test_every_wrong_field_of_a_case_is_named(call: Call, post: Post) -> None:
    wrong = fields(qualification="  x ", prosecution="990000000000", court=OrganisationFactory().bin)
    document = problem(call(post).put("/api/v1/cases/12/", wrong), 422, "invalid")
    assert {fault["field"] for fault in document["problems"]} == {"number", "prosecution", "court"}
    assert not Case.objects.exists()


def test_a_head_of_unit_names_the_investigator_by_iin(call: Call) -> None:
    head = PostFactory(head_of_unit=True)
    caller, own = call(head), PostFactory(organisation=head.organisation)
    problem(caller.put(URL, fields(investigator=PostFactory().officer.iin)), 422, "invalid", "not-an-investigator-here")
    assert caller.put(URL, fields(investigator=own.officer.iin)).status_code == 201
    assert Case.objects.get().team.get().officer == own.officer


def test_a_case_is_corrected_only_by_who_has_seen_it(mine: Caller) -> None:
    seen = mine.get(URL).data
    given = {name: seen[name] for name in ("language", "qualification", "summary")}
    given |= {name: seen[name]["bin"] for name in ("prosecution", "court")}
    changed = {**given, "qualification": "ҚК 189-бабы"}
    problem(mine.put(URL, changed), 428, "precondition-required")
    problem(mine.put(URL, changed, headers={"If-Match": '"1"'}), 422, "invalid", "reason-missing")
    changed["reason"] = "қате"
    assert mine.put(URL, changed, headers={"If-Match": '"1"'})["ETag"] == '"2"'
    # Sent again because the answer was lost: it is so already.
    assert mine.put(URL, changed, headers={"If-Match": '"1"'}).status_code == 200
    problem(mine.put(URL, {**changed, "summary": "жаңа"}, headers={"If-Match": '"1"'}), 412, "stale")
    assert Correction.objects.get().reason == "қате"


def test_nothing_is_opened_for_who_has_seen_a_revision(call: Call, post: Post) -> None:
    problem(call(post).put(URL, fields(), headers={"If-Match": '"3"'}), 412, "stale")
    assert not Case.objects.exists()


def test_persons_are_entered_and_corrected(mine: Caller) -> None:
    address = f"{URL}persons/p-1/"
    assert mine.put(address, SUSPECT).status_code == 201
    again = mine.put(address, SUSPECT)
    assert (again.status_code, again.data["external_id"], again["ETag"]) == (200, "p-1", '"1"')
    corrected = {**SUSPECT, "surname": "Тасқынбаев", "reason": "паспорт бойынша"}
    problem(mine.put(address, corrected), 428, "precondition-required")
    assert mine.put(address, corrected, headers={"If-Match": '"1"'}).data["surname"] == "Тасқынбаев"
    # Also under the service's own id, as of persons who were entered in the portal.
    assert mine.get(f"{URL}persons/{again.data['id']}/").data == mine.get(address).data
    assert [person["name"] for person in mine.get(URL).data["persons"]] == ["Тасқынбаев Ержан"]


def test_no_iin_stands_in_an_address(mine: Caller) -> None:
    document = problem(mine.put(f"{URL}persons/900517300123/", SUSPECT), 422, "invalid", "external-id")
    assert document["problems"][0]["field"] == "external_id"


def test_a_minor_is_represented_by_a_person_of_the_case(mine: Caller) -> None:
    mine.put(f"{URL}persons/mother/", {**SUSPECT, "capacity": "legal_representative", "iin": ""})
    minor = mine.put(f"{URL}persons/minor/", {**SUSPECT, "represented_by": "mother", "birth_date": "2010-02-28"})
    assert minor.data["represented_by"] == mine.get(f"{URL}persons/mother/").data["id"]
    document = problem(mine.put(f"{URL}persons/other/", {**SUSPECT, "represented_by": "nobody"}), 422, "invalid")
    assert {fault["field"] for fault in document["problems"]} == {"represented_by", "iin"}


def test_counsel_is_named_and_ended(mine: Caller, call: Call) -> None:
    advocate, address = PostFactory(defender=True), f"{URL}counsel/d-1/"
    mine.put(f"{URL}persons/p-1/", SUSPECT)
    given = {"person": "p-1", "officer": advocate.officer.iin, "noticed_on": "2026-01-15"}
    first, again = mine.put(address, given), mine.put(address, given)
    assert (first.status_code, again.status_code) == (201, 200)
    assert mine.get(URL).data["counsel"] == [again.data]
    assert call(advocate).get(URL).status_code == 200

    wrong = {**given, "person": "nobody", "officer": "000000000000", "noticed_on": "2999-01-01"}
    document = problem(mine.put(f"{URL}counsel/d-2/", wrong), 422, "invalid")
    assert {fault["field"] for fault in document["problems"]} == {"person", "officer", "noticed_on"}
    other = {**given, "officer": PostFactory(defender=True).officer.iin}
    problem(mine.put(address, other), 422, "invalid", "external-id-taken")

    ended = mine.post(f"{address}end/", {"end": "replaced", "reason": "басқа қорғаушы"})
    assert (ended.status_code, ended.data["end"]) == (201, "replaced")
    problem(mine.get(address), 404, "not-found")
    problem(call(advocate).get(URL), 404, "not-found")
    assert FormerCounsel.objects.count() == 1


def test_counsel_from_the_portal_takes_over_the_id_of_the_other_system(call: Call) -> None:
    suspect, advocate = PersonFactory(), PostFactory(defender=True)
    day = date(2026, 1, 15)
    Counsel.objects.create(case=suspect.case, person=suspect, officer=advocate.officer, noticed_on=day)
    caller, address = call(prosecutor_of(suspect.case)), f"/api/v1/cases/{suspect.case.number}/counsel/d-1/"
    given = {"person": str(suspect.pk), "officer": advocate.officer.iin, "noticed_on": "2026-01-15"}
    assert caller.put(address, given).status_code == 200
    assert caller.get(address).data["external_id"] == "d-1"
    problem(caller.put(address, {**given, "appointed": True}), 409, "conflict", "named-otherwise")


def test_the_data_of_a_protected_person_are_answered_to_nobody(call: Call) -> None:
    person = PersonFactory(capacity="protected", surname="Жасырынов")
    for post in (investigator_of(person.case), head_of_unit_of(person.case), prosecutor_of(person.case)):
        answer = call(post).get(f"/api/v1/cases/{person.case.number}/persons/{person.pk}/")
        assert (answer.data["surname"], answer.data["iin"], answer.data["birth_date"]) == ("", "", None)
        assert person.iin not in answer.content.decode()
        assert "Жасырынов" not in answer.content.decode()


@pytest.mark.parametrize("who", ["judge", "counsel", "stranger"])
def test_who_does_not_work_on_a_case_enters_nothing_in_it(call: Call, who: str) -> None:
    suspect, advocate, strange = PersonFactory(), PostFactory(defender=True), CaseFactory()
    case = suspect.case
    Counsel.objects.create(case=case, person=suspect, officer=advocate.officer)
    posts = {"judge": judge_of(case), "counsel": advocate, "stranger": investigator_of(strange)}
    caller, url = call(posts[who]), f"/api/v1/cases/{case.number}/"
    problem(caller.put(f"{url}persons/p-1/", SUSPECT), 404, "not-found")
    problem(caller.get(f"{url}persons/{suspect.pk}/"), 404, "not-found")
    named = {"person": str(suspect.pk), "officer": advocate.officer.iin, "noticed_on": "2026-01-15"}
    problem(caller.put(f"{url}counsel/d-1/", named), 404, "not-found")
    assert caller.put(url, fields()).status_code in (403, 409, 428)
    assert case.persons.count() == 1
