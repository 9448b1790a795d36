"""Opening a case, correcting it, and managing who works on it; its participants and their counsel."""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ecase.cases import participation
from ecase.cases.changes import (
    CHANGERS,
    NUMBER_TAKEN,
    OPENERS,
    apply_changes,
    lock,
    log,
    may_change,
    reason_problems,
    refuse,
    require_seen,
    require_work,
    row_problems,
    trace,
)
from ecase.cases.counsel import advocates_for, end_counsel, must_be_defended, name_counsel
from ecase.cases.models import Case, TeamMember
from ecase.cases.numbers import register_problems, tidy_number
from ecase.cases.participants import add_person, correct_person
from ecase.officers import posts
from ecase.officers.models import Officer, Organisation, Post, Role
from ecase.problems import Invalid, NotAllowed, Problem, Taken

__all__ = [
    "CHANGERS",
    "LEADER_NAMED_BY",
    "OPENERS",
    "add_person",
    "advocates_for",
    "correct_case",
    "correct_person",
    "end_counsel",
    "investigators_of",
    "investigators_of_body",
    "join_team",
    "may_change",
    "must_be_defended",
    "name_counsel",
    "name_leader",
    "open_case",
    "require_work",
    "tidy",
]

LEADER_NAMED_BY = frozenset({Role.HEAD_OF_UNIT})
BODIES = {
    "prosecution": (Organisation.Kind.PROSECUTION, _("A prosecutor's office is expected.")),
    "court": (Organisation.Kind.COURT, _("A court is expected.")),
}
CORRECTED = ("language", "qualification", "summary", "prosecution", "court")


def open_case(
    post: Post,
    number: str,
    *,
    prosecution: Organisation | None,
    court: Organisation | None,
    investigator: Officer | None = None,
    **fields: str,
) -> Case:
    """Open a case of ``post``'s organisation under its ERDR ``number``; an investigator joins its team at once.

    ``fields``: ``language``, ``qualification``, ``summary``. A head of unit may name the ``investigator``. Audited as
    ``case.opened``. Raises :class:`NotAllowed` unless ``post`` is a current investigator's or head of unit's,
    :class:`Invalid` with every wrong field, :class:`Taken` (``number-taken``).
    """
    _allow_opening(post)
    case = Case(
        number=tidy_number(number),
        organisation=post.organisation,
        prosecution=prosecution,
        court=court,
        **tidy(fields),
    )
    refuse([*_case_problems(case), *_investigator_problems(post, investigator)])
    with transaction.atomic():
        _insert(case)
        log("case.opened", case, post, {"number": case.number})
        if post.role == Role.INVESTIGATOR:
            _take_in(case, post.officer)
        elif investigator:
            join_team(case, post, investigator)
    return case


def correct_case(case: Case, post: Post, reason: str, *, seen: int | None = None, **fields: Any) -> Case:
    """Correct fields of :data:`CORRECTED`; each old value is kept. Nothing happens if nothing differs.

    Audited as ``case.corrected``. ``seen``: the revision that the caller saw. Raises :class:`NotAllowed`,
    :class:`Stale`, :class:`Invalid` with every wrong field.
    """
    require_work(case, post)
    with transaction.atomic():
        lock(case)
        case = Case.objects.select_related("organisation", "prosecution", "court").get(pk=case.pk)
        require_seen(case, seen)
        changed = apply_changes(case, tidy({name: fields[name] for name in CORRECTED if name in fields}))
        if not changed:
            return case
        refuse([*reason_problems(reason), *_case_problems(case)])
        case.revision += 1
        case.save()
        trace(case, post, changed, reason)
    return case


def join_team(case: Case, post: Post, officer: Officer) -> None:
    """Let ``officer``, an investigator of the case's body, work on ``case``. Audited as ``team.joined``.

    Raises :class:`NotAllowed` unless ``post`` may work on the case, or if the officer has acted in it in another role;
    :class:`Invalid` if the officer is no investigator of the body.
    """
    require_work(case, post, OPENERS)
    if not investigators_of(case).filter(officer=officer).exists():
        message = _("This officer is not an investigator of the body that investigates the case.")
        raise Invalid(Problem("not-an-investigator-here", message, "officer"))
    with transaction.atomic():
        _take_in(case, officer)
        log("team.joined", case, post, {"officer": str(officer.pk)})


def investigators_of(case: Case) -> QuerySet[Post]:
    """The current posts of investigators of the body that investigates ``case``: who may join its team."""
    return investigators_of_body(case.organisation)


def investigators_of_body(body: Organisation) -> QuerySet[Post]:
    """The current posts of investigators of an investigation body."""
    return posts.holding(Role.INVESTIGATOR, body)


def name_leader(case: Case, post: Post, officer: Officer) -> None:
    """Make ``officer``, who works on ``case``, the leader of its group of investigators, replacing the previous leader.

    Audited as ``team.led``. Raises :class:`NotAllowed` unless ``post`` is of a head of unit who may work on the case,
    :class:`Invalid` if the officer does not work on it.
    """
    require_work(case, post, OPENERS)
    if post.role not in LEADER_NAMED_BY:
        raise NotAllowed(Problem("may-not-name-a-leader", _("The head of the unit names the leader of the group.")))
    if not case.team.filter(officer=officer).exists():
        raise Invalid(Problem("not-of-the-team", _("This officer does not work on the case."), "officer"))
    with transaction.atomic():
        case.team.filter(leads=True).update(leads=False)
        case.team.filter(officer=officer).update(leads=True)
        log("team.led", case, post, {"officer": str(officer.pk)})


def tidy(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with their spaces in order; a summary keeps its lines."""
    lines = {name: value for name, value in fields.items() if name == "summary" or not isinstance(value, str)}
    whole = {name: " ".join(value.split()) for name, value in fields.items() if name not in lines}
    return whole | {name: value.strip() if isinstance(value, str) else value for name, value in lines.items()}


def _take_in(case: Case, officer: Officer) -> None:
    participation.join(case, officer, Role.INVESTIGATOR)
    TeamMember.objects.get_or_create(case=case, officer=officer)


def _insert(case: Case) -> None:
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as fault:
        # The number was free when it was checked, and taken by the time of the insert.
        raise Taken(NUMBER_TAKEN) from fault


# -- permissions and validation -----------------------------------------------------------------------------------


def _allow_opening(post: Post) -> None:
    if post.role not in OPENERS or not post.is_current():
        message = _("Only an investigator or a head of unit in office can open a case.")
        raise NotAllowed(Problem("may-not-open-a-case", message))


def _case_problems(case: Case) -> Iterator[Problem]:
    of_number = list(register_problems(case.number))
    yield from of_number
    # One fault of the number is enough.
    yield from (problem for problem in row_problems(case) if not (of_number and problem.field == "number"))
    for name, (kind, message) in BODIES.items():
        body: Organisation | None = getattr(case, name, None)
        if body and body.kind != kind:
            yield Problem("wrong-organisation", message, name)


def _investigator_problems(post: Post, investigator: Officer | None) -> Iterator[Problem]:
    if investigator is None or investigator == post.officer:
        return
    of_body = investigators_of_body(post.organisation).filter(officer=investigator)
    if post.role != Role.HEAD_OF_UNIT or not of_body.exists():
        message = _("This officer is not an investigator of the body that investigates the case.")
        yield Problem("not-an-investigator-here", message, "investigator")
