"""Fictional organisations, officers, posts, cases and persons that the tests of every room may use.

Every factory saves what it makes. The shortest ways in::

    case = CaseFactory()                            # with its three organisations
    investigator = investigator_of(case)            # a Post: in the body that investigates, and on the team
    prosecutor, judge = prosecutor_of(case), judge_of(case)
    suspect = PersonFactory(case=case)
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import factory
from django.db.models import Model
from factory.django import DjangoModelFactory

from ecase.cases.models import Blob, Case, Counsel, Document, Person, TeamMember
from ecase.officers.models import DutyShift, Officer, Organisation, Post, Role, Sex

Row = TypeVar("Row", bound=Model)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# In the order of their references.
TOGETHER: tuple[type[Model], ...] = (Organisation, Officer, Case, Post, Person, TeamMember, Counsel)
_collected: list[list[Any]] = []


@contextmanager
def together() -> Iterator[None]:
    """Rows of ``TOGETHER`` that are made in the block are inserted at its end, with one statement for each table."""
    _collected.append([])
    try:
        yield
    finally:
        rows = _collected.pop()
    for model in TOGETHER:
        model._base_manager.bulk_create([row for row in rows if type(row) is model])


def saved(row: Row) -> Row:
    """The row, which is inserted now or at the end of the block of :func:`together`."""
    if _collected and type(row) in TOGETHER:
        _collected[-1].append(row)
    else:
        row.save(force_insert=True)
    return row


class RowFactory(DjangoModelFactory[Row]):
    """Saves what it makes, one by one or :func:`together`."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Row], *args: Any, **kwargs: Any) -> Row:
        return saved(model_class(*args, **kwargs))


class OrganisationFactory(RowFactory[Organisation]):
    """An investigation body; traits ``prosecution``, ``court``, ``bar`` and ``operator`` make the others."""

    class Meta:
        model = Organisation

    class Params:
        prosecution = factory.Trait(kind="prosecution", name_kk="прокуратура", name_ru="прокуратура", name_en="office")
        court = factory.Trait(kind="court", name_kk="тергеу соты", name_ru="следственный суд", name_en="court")
        bar = factory.Trait(kind="bar", name_kk="алқа", name_ru="коллегия", name_en="bar")
        operator = factory.Trait(kind="operator", name_kk="оператор", name_ru="оператор", name_en="operator")

    bin = factory.Sequence(lambda n: f"{990140000000 + n}")
    kind = Organisation.Kind.INVESTIGATION
    code = factory.Sequence(lambda n: f"org-{n}")
    name_kk = "тергеу бөлімі"
    name_ru = "следственный отдел"
    name_en = "investigation unit"
    place_kk = "Алтынтау қаласы"
    place_ru = "город Алтынтау"
    place_en = "Altyntau"


class OfficerFactory(RowFactory[Officer]):
    """A natural person without a post."""

    class Meta:
        model = Officer

    iin = factory.Sequence(lambda n: f"{800101300000 + n}")
    surname = factory.Iterator(["Сарыарқаев", "Көкшетаев", "Бурабаев", "Жалынбеков"])
    given_name = factory.Iterator(["Айбар", "Нұрсәт", "Дархан"])
    patronymic = factory.Iterator(["Ерланұлы", "Маратұлы"])
    sex = Sex.MALE


class PostFactory(RowFactory[Post]):
    """An investigator's post held since 2020; a trait named after each other role sets role and organisation."""

    class Meta:
        model = Post

    class Params:
        head_of_unit = factory.Trait(role=Role.HEAD_OF_UNIT)
        prosecutor = factory.Trait(
            role=Role.PROSECUTOR, organisation=factory.SubFactory(OrganisationFactory, prosecution=True)
        )
        judge = factory.Trait(role=Role.JUDGE, organisation=factory.SubFactory(OrganisationFactory, court=True))
        clerk = factory.Trait(role=Role.CLERK, organisation=factory.SubFactory(OrganisationFactory, court=True))
        defender = factory.Trait(role=Role.DEFENDER, organisation=factory.SubFactory(OrganisationFactory, bar=True))
        auditor = factory.Trait(role=Role.AUDITOR, organisation=factory.SubFactory(OrganisationFactory, operator=True))
        administrator = factory.Trait(
            role=Role.ADMINISTRATOR, organisation=factory.SubFactory(OrganisationFactory, operator=True)
        )

    officer = factory.SubFactory(OfficerFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.INVESTIGATOR
    valid_from = LONG_AGO


class DutyShiftFactory(DjangoModelFactory[DutyShift]):
    """A judge on duty for the whole of the century."""

    class Meta:
        model = DutyShift

    post = factory.SubFactory(PostFactory, judge=True)
    starts_at = LONG_AGO
    ends_at = datetime(2100, 1, 1, tzinfo=UTC)


class CaseFactory(RowFactory[Case]):
    """A case in Kazakh with an investigation body, a prosecutor's office and a court."""

    class Meta:
        model = Case

    number = factory.Sequence(lambda n: f"26{n:013d}")
    language = "kk"
    qualification = "188-бап, 3-бөлік"
    summary = "Бөтен мүлікті жасырын ұрлау."
    organisation = factory.SubFactory(OrganisationFactory)
    prosecution = factory.SubFactory(OrganisationFactory, prosecution=True)
    court = factory.SubFactory(OrganisationFactory, court=True)


class PersonFactory(RowFactory[Person]):
    """A suspect of a case."""

    class Meta:
        model = Person

    case = factory.SubFactory(CaseFactory)
    capacity = Person.Capacity.SUSPECT
    surname = "Тасқынов"
    given_name = "Ержан"
    patronymic = "Болатұлы"
    sex = Sex.MALE
    birth_date = datetime(1990, 5, 17, tzinfo=UTC).date()
    iin = factory.Sequence(lambda n: f"{900517300000 + n}")


class BlobFactory(DjangoModelFactory[Blob]):
    """The row of a file; its bytes are not in the storage (``documents.put_bytes`` stores real ones)."""

    class Meta:
        model = Blob
        django_get_or_create = ("sha256",)

    sha256 = factory.Sequence(lambda n: hashlib.sha256(b"%d" % n).hexdigest())
    size = 1000
    media_type = "application/pdf"


class DocumentFactory(DjangoModelFactory[Document]):
    """A document of a case, uploaded by an investigator."""

    class Meta:
        model = Document

    case = factory.SubFactory(CaseFactory)
    blob = factory.SubFactory(BlobFactory)
    name = "хаттама.pdf"
    uploaded_by = factory.LazyAttribute(lambda document: investigator_of(document.case))


def investigator_of(case: Case, **officer: Any) -> Post:
    """A new investigator of the case's body, on the case's team."""
    post = PostFactory(organisation=case.organisation, **_of_officer(officer))
    saved(TeamMember(case=case, officer=post.officer))
    return post


def head_of_unit_of(case: Case, **officer: Any) -> Post:
    """A new head of unit in the body that investigates the case."""
    return PostFactory(head_of_unit=True, organisation=case.organisation, **_of_officer(officer))


def prosecutor_of(case: Case, **officer: Any) -> Post:
    """A new prosecutor of the office that supervises the case."""
    return PostFactory(prosecutor=True, organisation=case.prosecution, **_of_officer(officer))


def judge_of(case: Case, **officer: Any) -> Post:
    """A new investigating judge of the case's court."""
    return PostFactory(judge=True, organisation=case.court, **_of_officer(officer))


def clerk_of(case: Case, **officer: Any) -> Post:
    """A new clerk of the case's court."""
    return PostFactory(clerk=True, organisation=case.court, **_of_officer(officer))


def _of_officer(fields: dict[str, Any]) -> dict[str, Any]:
    """``iin="..."`` -> ``officer__iin="..."``; an existing officer is passed as ``officer=``."""
    return {name if name == "officer" else f"officer__{name}": value for name, value in fields.items()}
