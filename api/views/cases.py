"""Cases, their persons and counsel: entered and corrected by the register's side or an office's own system."""

import uuid
from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api.authentication import post_of
from api.conditional import etag, revision_of
from api.openapi import IF_MATCH_TO_CORRECT
from api.serializers.base import describe
from api.serializers.cases import (
    CaseInput,
    CaseRecord,
    CounselEnd,
    CounselInput,
    CounselShape,
    FormerCounselShape,
    PersonInput,
    PersonShape,
)
from api.views.base import View, checked
from ecase.cases import services
from ecase.cases.changes import differs, require_seen
from ecase.cases.models import Case, Counsel, Person
from ecase.cases.participants import tidy
from ecase.officers.models import Officer, Organisation, Post

NUMBER = OpenApiParameter("number", OpenApiTypes.STR, "path", description="The number in the register: 15 digits.")
EXTERNAL = OpenApiParameter(
    "external_id",
    OpenApiTypes.STR,
    "path",
    description="Of the caller's making, never an IIN: letters, digits and `. _ ~ -`, at most 64; or the service's id.",
)


# Digits of an id that the service has given.
LONGEST_ID = 18


class OneCase(View):
    """A case by its number in the register."""

    @extend_schema(operation_id="getCase", parameters=[NUMBER], responses=CaseRecord)
    def get(self, request: Request, number: str) -> Response:
        """A case that the caller may open, with its persons and counsel."""
        return _answer(request, CaseRecord, _cases(request).get(number=number))

    @extend_schema(
        operation_id="putCase",
        parameters=[NUMBER, IF_MATCH_TO_CORRECT],
        request=CaseInput,
        responses={200: CaseRecord, 201: CaseRecord},
    )
    def put(self, request: Request, number: str) -> Response:
        """Open the case, or correct it. What is already so changes nothing."""
        given = checked(CaseInput, request.data)
        reason, named = given.pop("reason"), given.pop("investigator")
        bodies = {name: _first(Organisation, bin=given[name]) for name in ("prosecution", "court")}
        fields = {**given, **bodies}
        case = _cases(request).filter(number=number).first()
        if case is None:
            _require_none(request)
            # Of an IIN that no officer has, validation says so at its field.
            officer = _first(Officer, iin=named) or Officer() if named else None
            case = services.open_case(post_of(request), number, investigator=officer, **fields)
            return _answer(request, CaseRecord, case, 201)
        if differs(case, services.tidy(fields)):
            case = services.correct_case(case, post_of(request), reason, seen=revision_of(request), **fields)
        else:
            services.require_work(case, post_of(request))
        return _answer(request, CaseRecord, case)


class OnePerson(View):
    """A person of a case, by the id in the other system."""

    @extend_schema(operation_id="getPerson", parameters=[NUMBER, EXTERNAL], responses=PersonShape)
    def get(self, request: Request, number: str, external_id: str) -> Response:
        """A person of a case that the caller works on."""
        case = _worked_on(request, number)
        return _answer(request, PersonShape, case.persons.get(_named(external_id)))

    @extend_schema(
        operation_id="putPerson",
        parameters=[NUMBER, EXTERNAL, IF_MATCH_TO_CORRECT],
        request=PersonInput,
        responses={200: PersonShape, 201: PersonShape},
    )
    def put(self, request: Request, number: str, external_id: str) -> Response:
        """Add the person to the case, or correct it. What is already so changes nothing."""
        case, post = _worked_on(request, number), post_of(request)
        given = checked(PersonInput, request.data)
        reason = given.pop("reason")
        given["represented_by"] = _person(case, given["represented_by"])
        person = case.persons.select_related("case").filter(_named(external_id)).first()
        if person is None:
            _require_none(request)
            return _answer(request, PersonShape, services.add_person(case, post, external_id=external_id, **given), 201)
        if differs(person, tidy(given)):
            person = services.correct_person(person, post, reason, seen=revision_of(request), **given)
        return _answer(request, PersonShape, person)


class OneCounsel(View):
    """Counsel of a person of a case, by the id in the other system."""

    @extend_schema(operation_id="getCounsel", parameters=[NUMBER, EXTERNAL], responses=CounselShape)
    def get(self, request: Request, number: str, external_id: str) -> Response:
        """Who defends a person now."""
        return _answer(request, CounselShape, _counsel(_worked_on(request, number), external_id))

    @extend_schema(
        operation_id="putCounsel",
        parameters=[NUMBER, EXTERNAL],
        request=CounselInput,
        responses={200: CounselShape, 201: CounselShape},
    )
    def put(self, request: Request, number: str, external_id: str) -> Response:
        """Name counsel of a person by a written notice of defence. What was named already stays as it is."""
        case, post = _worked_on(request, number), post_of(request)
        given = checked(CounselInput, request.data)
        before = set(case.counsel.values_list("pk", flat=True))
        defended = _person(case, given.pop("person")) or Person()
        officer = _first(Officer, iin=given.pop("officer"))
        relative = _person(case, given.pop("participant"))
        counsel = services.name_counsel(
            case, post, defended, officer, participant=relative, external_id=external_id, **given
        )
        return _answer(request, CounselShape, counsel, 200 if counsel.pk in before else 201)


class EndOfCounsel(View):
    """The end of a defence."""

    @extend_schema(
        operation_id="endCounsel",
        parameters=[NUMBER, EXTERNAL],
        request=CounselEnd,
        responses={201: FormerCounselShape},
    )
    def post(self, request: Request, number: str, external_id: str) -> Response:
        """End a defence: refused by the person, removed, replaced, or entered by mistake. Access ends at once."""
        given = checked(CounselEnd, request.data)
        counsel = _counsel(_worked_on(request, number), external_id)
        former = services.end_counsel(counsel, post_of(request), given["end"], given["reason"])
        return Response(describe(FormerCounselShape, former, request), status=201)


def _answer(
    request: Request, shape: type[Serializer[Any]], row: Case | Person | Counsel, status: int = 200
) -> Response:
    return Response(describe(shape, row, request), status=status, headers={"ETag": etag(row.revision)})


def _cases(request: Request) -> Any:
    return Case.objects.visible_to(post_of(request)).select_related("organisation", "prosecution", "court")


def _worked_on(request: Request, number: str) -> Case:
    """The case, if the caller works on it; else ``Case.DoesNotExist``, which is answered with 404."""
    post: Post = post_of(request)
    found: Case = _cases(request).get(number=number)
    if post.role not in services.CHANGERS:
        raise Case.DoesNotExist
    return found


def _require_none(request: Request) -> None:
    """Nothing is entered anew for a caller who has seen a revision."""
    if "If-Match" in request.headers:
        require_seen(Case(revision=0), revision_of(request))


def _first(model: Any, **known: str) -> Any:
    return model.objects.filter(**known).first() if all(known.values()) else None


def _named(external_id: str) -> Q:
    """The row of that external id, or of that id of the service."""
    try:
        return Q(external_id=external_id) | Q(pk=uuid.UUID(external_id))
    except ValueError:
        return Q(external_id=external_id)


def _person(case: Case, external_id: str) -> Person | None:
    """The person; one of no case if there is none, which validation refuses at its field; None if none is named."""
    if not external_id:
        return None
    return case.persons.select_related("case").filter(_named(external_id)).first() or Person()


def _counsel(case: Case, external_id: str) -> Counsel:
    rows = case.counsel.select_related("case", "person", "officer", "participant")
    is_own = external_id.isascii() and external_id.isdigit() and len(external_id) <= LONGEST_ID
    found: Counsel = rows.filter(external_id=external_id).first() or rows.get(pk=int(external_id) if is_own else 0)
    return found
