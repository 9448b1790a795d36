"""Opening a case, adding its participants, and managing who works on it."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.cases import participation
from ecase.cases.models import Case, Counsel, Person, TeamMember
from ecase.officers import posts
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.problems import Conflict, Invalid, NotAllowed, Problem

OPENERS = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT})
LEADER_NAMED_BY = frozenset({Role.HEAD_OF_UNIT})
NUMBER_TAKEN = Problem("number-taken", _("A case with this number exists already."), "number")


def open_case(
    post: Post,
    number: str,
    *,
    language: str,
    qualification: str,
    prosecution: Organisation,
    court: Organisation,
    summary: str = "",
) -> Case:
    """Open a case of ``post``'s organisation under its ERDR ``number``; an investigator joins its team at once.

    Audited as ``case.opened``. Raises :class:`NotAllowed` unless ``post`` is a current investigator's or head of
    unit's, :class:`Invalid` with every wrong field, :class:`Conflict` (``number-taken``).
    """
    _allow_opening(post)
    case = Case(
        number=number.strip(),
        language=language,
        qualification=qualification,
        summary=summary,
        organisation=post.organisation,
        prosecution=prosecution,
        court=court,
    )
    _refuse([*_faults(case), *_wrong_bodies(case)])
    with transaction.atomic():
        _insert(case)
        _audit("case.opened", case, post, {"number": case.number})
        if post.role == Role.INVESTIGATOR:
            _take_in(case, post.officer)
    return case


def add_person(case: Case, post: Post, *, capacity: str, **fields: Any) -> Person:
    """Add a participant to ``case``: ``surname``, ``given_name``, ``sex`` and the other fields of :class:`Person`.

    Audited as ``person.added``, without personal data. Raises :class:`NotAllowed` unless ``post`` may open the case as
    its investigator or head of unit, :class:`Invalid` with every wrong field.
    """
    _allow_work(case, post)
    person = Person(case=case, capacity=capacity, **fields)
    _refuse([*_faults(person)])
    with transaction.atomic():
        person.save(force_insert=True)
        _audit("person.added", case, post, {"person": str(person.pk), "capacity": capacity})
    return person


def join_team(case: Case, post: Post, officer: Officer) -> None:
    """Let ``officer``, an investigator of the case's body, work on ``case``. Audited as ``team.joined``.

    Raises :class:`NotAllowed` unless ``post`` may work on the case, or if the officer has acted in it in another role;
    :class:`Invalid` if the officer is no investigator of the body.
    """
    _allow_work(case, post)
    if not investigators_of(case).filter(officer=officer).exists():
        message = _("This officer is not an investigator of the body that investigates the case.")
        raise Invalid(Problem("not-an-investigator-here", message, "officer"))
    with transaction.atomic():
        _take_in(case, officer)
        _audit("team.joined", case, post, {"officer": str(officer.pk)})


def investigators_of(case: Case) -> QuerySet[Post]:
    """The current posts of investigators of the body that investigates ``case``: who may join its team."""
    return posts.holding(Role.INVESTIGATOR, case.organisation)


def name_leader(case: Case, post: Post, officer: Officer) -> None:
    """Make ``officer``, who works on ``case``, the leader of its group of investigators, replacing the previous leader.

    Audited as ``team.led``. Raises :class:`NotAllowed` unless ``post`` is of a head of unit who may work on the case,
    :class:`Invalid` if the officer does not work on it.
    """
    _allow_work(case, post)
    if post.role not in LEADER_NAMED_BY:
        raise NotAllowed(Problem("may-not-name-a-leader", _("The head of the unit names the leader of the group.")))
    if not case.team.filter(officer=officer).exists():
        raise Invalid(Problem("not-of-the-team", _("This officer does not work on the case."), "officer"))
    with transaction.atomic():
        case.team.filter(leads=True).update(leads=False)
        case.team.filter(officer=officer).update(leads=True)
        _audit("team.led", case, post, {"officer": str(officer.pk)})


def name_counsel(case: Case, post: Post, person: Person, officer: Officer) -> Counsel:
    """Let ``officer``, a defender, act in the service for ``person``. Audited as ``counsel.named``; idempotent.

    Raises :class:`NotAllowed` unless ``post`` may work on the case, :class:`Invalid` if the officer is no defender.
    """
    _allow_work(case, post)
    if not posts.current().filter(officer=officer, role=Role.DEFENDER).exists():
        raise Invalid(Problem("not-a-defender", _("This officer is not a defender."), "officer"))
    with transaction.atomic():
        counsel, named = Counsel.objects.get_or_create(case=case, person=person, officer=officer)
        if named:
            _audit("counsel.named", case, post, {"officer": str(officer.pk), "person": str(person.pk)})
    return counsel


def _take_in(case: Case, officer: Officer) -> None:
    participation.join(case, officer, Role.INVESTIGATOR)
    TeamMember.objects.get_or_create(case=case, officer=officer)


def _insert(case: Case) -> None:
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as fault:
        # The number was free when it was checked, and taken by the time of the insert.
        raise Conflict(NUMBER_TAKEN) from fault


def _audit(event: str, case: Case, post: Post, data: dict[str, str]) -> None:
    audit.append(event, chain=case.chain, actor=post.as_actor(), subject={"case": str(case.pk)}, data=data)


# -- permissions and validation -----------------------------------------------------------------------------------


def _allow_opening(post: Post) -> None:
    if post.role not in OPENERS or not post.is_current():
        message = _("Only an investigator or a head of unit in office can open a case.")
        raise NotAllowed(Problem("may-not-open-a-case", message))


def _allow_work(case: Case, post: Post) -> None:
    if post.role not in OPENERS or not Case.objects.visible_to(post).filter(pk=case.pk).exists():
        message = _("Only those who investigate the case can change it.")
        raise NotAllowed(Problem("may-not-change-the-case", message))


def _refuse(problems: list[Problem]) -> None:
    taken = [problem for problem in problems if problem.code == NUMBER_TAKEN.code]
    if taken and len(taken) == len(problems):
        raise Conflict(taken)
    if problems:
        raise Invalid(problems)


def _faults(instance: models.Model) -> Iterator[Problem]:
    """Every fault that the model's validation finds."""
    try:
        instance.full_clean()
    except ValidationError as faults:
        for field, error in ((field, error) for field, errors in faults.error_dict.items() for error in errors):
            if (field, error.code) == ("number", "unique"):
                yield NUMBER_TAKEN
            else:
                name = "" if field == NON_FIELD_ERRORS else field
                yield Problem(str(error.code or "invalid"), "".join(error.messages), name)


def _wrong_bodies(case: Case) -> Iterator[Problem]:
    if case.prosecution.kind != Organisation.Kind.PROSECUTION:
        yield Problem("wrong-organisation", _("A prosecutor's office is expected."), "prosecution")
    if case.court.kind != Organisation.Kind.COURT:
        yield Problem("wrong-organisation", _("A court is expected."), "court")
