"""F-F8, R-A7, O-F1: cases and persons are checked as they are typed, corrected with a trace, and told to nobody."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.cases import numbers, services
from ecase.cases.models import Case, Correction, Identity, Person
from ecase.problems import Invalid, NotAllowed, Refused, Stale
from tests.factories import (
    CaseFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    head_of_unit_of,
    investigator_of,
    prosecutor_of,
)

pytestmark = pytest.mark.django_db
NAMED = {"capacity": "suspect", "surname": "Тасқынов", "given_name": "Ержан", "sex": "male"}
COMPANY = {"capacity": "owner", "form": "legal", "legal_name": "«Ойдан шығарылған көктем» ЖШС"}


def codes(refused: Refused) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in refused.problems}


def numbered(eleven: str) -> str:
    """A number that begins so, with its check digit."""
    digit = numbers.control_digit(eleven)
    assert digit >= 0
    return f"{eleven}{digit}"


def refused(case: Case, **fields: Any) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as raised:
        services.add_person(case, investigator_of(case), **{**NAMED, **fields})
    return codes(raised.value)


# -- the case ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["", "26230003100001", "2623000310000111", "26230003100001х", "KR-1/26"])
def test_a_number_of_the_register_has_fifteen_digits(number: str) -> None:
    bodies = {"prosecution": OrganisationFactory(prosecution=True), "court": OrganisationFactory(court=True)}
    with pytest.raises(Invalid) as raised:
        services.open_case(PostFactory(), number, language="kk", qualification="", **bodies)
    assert codes(raised.value) == {("number", "register-number"), ("qualification", "blank")}


def test_a_number_may_be_typed_in_groups() -> None:
    bodies = {"prosecution": OrganisationFactory(prosecution=True), "court": OrganisationFactory(court=True)}
    post = PostFactory()
    case = services.open_case(post, "26 2300 031 000011", language="kk", qualification=" ҚК  188-бабы ", **bodies)
    assert (case.number, case.qualification) == ("262300031000011", "ҚК 188-бабы")


def test_a_head_of_unit_names_the_investigator_at_once() -> None:
    head, bodies = PostFactory(head_of_unit=True), {"prosecution": None, "court": OrganisationFactory(court=True)}
    own, strange = PostFactory(organisation=head.organisation).officer, PostFactory().officer
    given = {"language": "kk", "qualification": "ҚК 188-бабы", "investigator": strange}
    with pytest.raises(Invalid) as raised:
        services.open_case(head, "262300031000011", **given, **bodies)
    assert codes(raised.value) == {("prosecution", "null"), ("investigator", "not-an-investigator-here")}

    bodies["prosecution"] = OrganisationFactory(prosecution=True)
    case = services.open_case(head, "262300031000011", **{**given, "investigator": own}, **bodies)
    assert [member.officer for member in case.team.all()] == [own]


def test_a_case_is_corrected_with_its_trace() -> None:
    case = CaseFactory()
    post = prosecutor_of(case)
    corrected = services.correct_case(
        case, post, "мақалада қате", seen=1, qualification="189-бап", language=case.language
    )
    assert (corrected.qualification, corrected.revision) == ("189-бап", 2)
    kept = Correction.objects.get(case=case)
    assert (kept.field, kept.old, kept.new, kept.reason) == (
        "qualification",
        "188-бап, 3-бөлік",
        "189-бап",
        "мақалада қате",
    )
    assert kept.corrected_by == post
    assert Entry.objects.filter(chain=case.chain).latest("seq").content["event"] == "case.corrected"
    with pytest.raises(Stale):
        services.correct_case(case, post, "тағы", seen=1, qualification="190-бап")
    with pytest.raises(Invalid) as raised:
        services.correct_case(case, post, " ", court=case.prosecution, qualification="")
    assert codes(raised.value) == {
        ("reason", "reason-missing"),
        ("court", "wrong-organisation"),
        ("qualification", "blank"),
    }


# -- persons ------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_put_in_order() -> None:
    case = CaseFactory()
    fields = {"surname": "  Тасқынов ", "given_name": "Ержан\u00a0", "citizenship": "kaz", "iin": "900517 300 123"}
    person = services.add_person(case, investigator_of(case), **{**NAMED, **fields})
    assert (person.full_name, person.citizenship, person.iin) == ("Тасқынов Ержан", "KAZ", "900517300123")


def test_a_person_may_have_one_name_only_and_a_foreigner_no_iin() -> None:
    case = CaseFactory()
    given = {**NAMED, "surname": "Сукарно", "given_name": "", "citizenship": "IDN", "paper": "паспорт A000"}
    assert services.add_person(case, head_of_unit_of(case), **given).full_name == "Сукарно"


def test_every_wrong_field_of_a_person_is_named_at_once() -> None:
    wrong = {
        "surname": "...",
        "sex": "",
        "birth_date": timezone.localdate() + timedelta(days=1),
        "iin": "12",
        "citizenship": "Қазақстан",
        "external_id": "900517300123",
    }
    assert refused(CaseFactory(), **wrong) == {
        ("surname", "no-name"),
        ("sex", "required"),
        ("birth_date", "birth-date"),
        ("iin", "iin-form"),
        ("citizenship", "max_length"),
        ("citizenship", "citizenship"),
        ("external_id", "external-id"),
    }


def test_a_number_has_a_check_digit_outside_the_demonstration(settings: Any) -> None:
    settings.DEMO = False
    good = numbered("90051730012")
    case = CaseFactory()
    assert refused(case, iin=f"{good[:11]}{(int(good[11]) + 1) % 10}") == {("iin", "iin-control")}
    assert refused(case, iin=numbered("90133130012")) == {("iin", "iin-not-of-a-person")}
    assert refused(case, **{**COMPANY, "iin": good, "surname": "", "sex": ""}) == {("iin", "iin-not-a-bin")}
    assert services.add_person(case, investigator_of(case), **NAMED, iin=good).identity.number == good
    company = services.add_person(case, investigator_of(case), **COMPANY, iin=numbered("99014000000"))
    assert (company.identity.form, company.full_name, company.sex) == ("legal", COMPANY["legal_name"], "")


def test_a_legal_person_is_no_suspect_and_has_a_name() -> None:
    found = refused(CaseFactory(), form="legal", legal_name="")
    assert found == {("legal_name", "required"), ("capacity", "not-of-a-legal-person")}


def test_a_person_stands_once_and_in_one_case_once_in_a_capacity() -> None:
    case = CaseFactory()
    post = investigator_of(case)
    suspect = services.add_person(case, post, **NAMED, iin="900517300123")
    owner = services.add_person(case, post, **{**NAMED, "capacity": "owner"}, iin="900517300123")
    assert suspect.identity == owner.identity == Identity.objects.get()
    assert refused(case, iin="900517300123") == {("iin", "person-known")}


def test_a_number_tells_nothing_of_other_cases() -> None:
    strange = PersonFactory(iin="900517300123")
    services.add_person(strange.case, investigator_of(strange.case), **{**NAMED, "capacity": "owner"}, iin=strange.iin)
    case = CaseFactory()
    post = investigator_of(case)
    known = services.add_person(case, post, **{**NAMED, "surname": "Басқа"}, iin="900517300123")
    fresh = services.add_person(case, post, **NAMED, iin="900517300124")
    data = [entry.content["data"] for entry in Entry.objects.filter(chain=case.chain).order_by("seq")]
    assert data == [{"person": str(person.pk), "capacity": "suspect"} for person in (known, fresh)]
    assert known.surname == "Басқа"


def test_a_person_is_corrected_and_the_old_value_kept() -> None:
    case = CaseFactory()
    post = investigator_of(case)
    person = services.add_person(case, post, **NAMED, iin="900517300123", external_id="p-1")
    corrected = services.correct_person(person, post, "паспорт бойынша", surname="Тасқынбаев", iin="900517300124")
    assert (corrected.surname, corrected.revision, corrected.identity.number) == ("Тасқынбаев", 2, "900517300124")
    kept = {row.field: (row.old, row.new) for row in Correction.objects.filter(person=person)}
    assert kept == {"surname": ("Тасқынов", "Тасқынбаев"), "iin": ("900517300123", "900517300124")}
    entry = Entry.objects.filter(chain=case.chain).latest("seq").content
    assert (entry["event"], entry["data"]) == ("person.corrected", {"person": str(person.pk), "fields": "iin, surname"})

    again = services.correct_person(person, post, "", surname="Тасқынбаев")
    assert (again.revision, Correction.objects.count()) == (2, 2)
    with pytest.raises(Stale):
        services.correct_person(person, post, "тағы", seen=1, surname="Тасқын")
    with pytest.raises(Invalid) as raised:
        services.correct_person(person, post, "", surname="", capacity="king")
    assert codes(raised.value) == {("reason", "reason-missing"), ("surname", "blank"), ("capacity", "invalid_choice")}
    assert Person.objects.get(pk=person.pk).surname == "Тасқынбаев"


@pytest.mark.parametrize("fields", [{"capacity": "witness"}, {"surname": "Жасырынов"}, {"surname": "Басқа"}])
def test_a_protected_person_is_neither_unmasked_nor_confirmed(fields: dict[str, str]) -> None:
    """Neither another capacity nor the answer to a guess shows who it is, not even to who works on the case."""
    person = PersonFactory(capacity="protected", surname="Жасырынов")

    with pytest.raises(NotAllowed):
        services.correct_person(person, investigator_of(person.case), "Қате жазылған.", **fields)

    kept = Person.objects.get(pk=person.pk)
    assert (kept.capacity, kept.surname, kept.revision) == ("protected", "Жасырынов", person.revision)


def test_the_trace_of_a_correction_stays() -> None:
    case = CaseFactory()
    services.correct_case(case, investigator_of(case), "себебі", qualification="189-бап")
    for statement in ("UPDATE cases_correction SET old = ''", "DELETE FROM cases_correction"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_who_works_on_another_case_changes_nothing() -> None:
    person, strange = PersonFactory(), CaseFactory()
    for post in (investigator_of(strange), head_of_unit_of(strange), prosecutor_of(strange)):
        with pytest.raises(NotAllowed):
            services.add_person(person.case, post, **NAMED)
        with pytest.raises(NotAllowed):
            services.correct_person(person, post, "себебі", surname="Басқа")
        with pytest.raises(NotAllowed):
            services.correct_case(person.case, post, "себебі", qualification="189-бап")


def test_a_minor_has_a_legal_representative_of_the_same_case() -> None:
    case = CaseFactory()
    post = investigator_of(case)
    mother = services.add_person(case, post, **{**NAMED, "capacity": "legal_representative", "sex": "female"})
    born = timezone.localdate().replace(day=1) - timedelta(days=365 * 16)
    minor = services.add_person(case, post, **NAMED, birth_date=born, represented_by=mother)
    assert minor.is_minor(timezone.localdate())
    assert not minor.is_minor(timezone.localdate() + timedelta(days=365 * 3))
    strange = PersonFactory(capacity="legal_representative")
    for wrong in (strange, minor):
        assert ("represented_by", "not-a-legal-representative") in refused(case, represented_by=wrong)


def test_whoever_was_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    person = Person(birth_date=date(2008, 2, 29))
    assert person.is_minor(date(2026, 2, 28))
    assert not person.is_minor(date(2026, 3, 1))


# -- what was entered before --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_persons_from_before_get_their_identities() -> None:
    executor = MigrationExecutor(connection)
    before, now = [("cases", "0009_uploads")], [("cases", "0011_identities_of_persons")]
    bodies = {"organisation": OrganisationFactory(), "prosecution": OrganisationFactory(prosecution=True)}
    ids = {f"{name}_id": body.pk for name, body in {**bodies, "court": OrganisationFactory(court=True)}.items()}
    try:
        executor.migrate(before)
        old = executor.loader.project_state(before).apps
        cases = [
            old.get_model("cases", "Case").objects.create(number=f"26000000000000{n}", qualification="188", **ids)
            for n in (1, 2)
        ]
        for case, iin in [(cases[0], "900517300123"), (cases[1], "900517300123"), (cases[1], "")]:
            named = {"surname": "Тасқынов", "given_name": "Ержан", "sex": "male", "capacity": "suspect"}
            old.get_model("cases", "Person").objects.create(case=case, iin=iin, **named)
    finally:
        MigrationExecutor(connection).migrate(now)
    found = [person.identity and person.identity.number for person in Person.objects.order_by("iin")]
    assert found == [None, "900517300123", "900517300123"]
    assert Identity.objects.get().form == "natural"
