"""Who defends a person of a case: naming counsel by a written notice of defence, and the end of a defence."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.cases import participation
from ecase.cases.changes import lock, log, reason_problems, refuse, require_seen, require_work
from ecase.cases.models import Case, Counsel, Defence, FormerCounsel, Person
from ecase.cases.numbers import external_problems
from ecase.officers import posts
from ecase.officers.models import Officer, Post, Role
from ecase.problems import NotAllowed, Problem, Taken

ACCUSED = frozenset({Person.Capacity.SUSPECT, Person.Capacity.SOUGHT})
HARMED = frozenset({Person.Capacity.VICTIM, Person.Capacity.CIVIL_PLAINTIFF, Person.Capacity.PROTECTED})
REMOVED_BY = frozenset({Role.PROSECUTOR})
End = FormerCounsel.End
ADVOCATE = Defence.Relation.ADVOCATE
_NOTICE = ("relation", "appointed", "noticed_on")
# What both tables have.
_SHARED = tuple(field.name for field in Defence._meta.get_fields())


def name_counsel(
    case: Case,
    post: Post,
    person: Person,
    officer: Officer | None = None,
    *,
    participant: Person | None = None,
    interests_agree: bool = False,
    **notice: Any,
) -> Counsel:
    """Name who defends ``person``: the advocate ``officer``, or the relative ``participant`` beside one (CPC 66(2)).

    ``notice``: ``noticed_on``, the day of the written notice of defence, by default today (nothing else may be asked
    for, 68(8)); ``appointed``; ``relation``; ``external_id``. ``interests_agree``: stated where the advocate already
    defends somebody else on the same side (66(4)). Audited as ``counsel.named``; idempotent. Raises
    :class:`NotAllowed` unless ``post`` may change the case, :class:`Invalid` with every wrong field.
    """
    require_work(case, post)
    given = {"noticed_on": timezone.localdate(), **notice}
    row = Counsel(case=case, person=person, officer=officer, participant=participant, **given)
    with transaction.atomic():
        lock(case)
        standing = Counsel.objects.filter(person=person, officer=officer, participant=participant).first()
        if standing and (officer or participant):
            return _as_it_stands(standing, notice)
        refuse(_problems(row, interests_agree=interests_agree))
        row.save(force_insert=True)
        stated = {"interests": "agree"} if interests_agree else {}
        log("counsel.named", case, post, {**_named(row), "person": str(person.pk), "relation": row.relation, **stated})
    return row


def end_counsel(counsel: Counsel, post: Post, end: str, reason: str, *, seen: int | None = None) -> FormerCounsel:
    """End a defence, and with it the advocate's access; it is kept as :class:`FormerCounsel`.

    Refused by the person in writing and in the presence of a defender (CPC 69), removed by the prosecutor (94(2)),
    replaced (68), or entered by mistake. Audited as ``counsel.ended``. Raises :class:`NotAllowed`, :class:`Stale`,
    :class:`Invalid` with every problem.
    """
    require_work(counsel.case, post)
    if end == End.REMOVED and post.role not in REMOVED_BY:
        raise NotAllowed(Problem("may-not-remove-counsel", _("The prosecutor removes counsel."), "end"))
    with transaction.atomic():
        lock(counsel.case)
        counsel = Counsel.objects.select_related("case", "person").get(pk=counsel.pk)
        require_seen(counsel, seen)
        refuse([*reason_problems(reason), *_ending_problems(counsel, end)])
        shared: dict[str, Any] = {name: getattr(counsel, name) for name in _SHARED}
        former = FormerCounsel.objects.create(**shared, end=end, reason=reason.strip(), ended_by=post)
        counsel.delete()
        log("counsel.ended", former.case, post, {**_named(former), "person": str(former.person_id), "end": end})
    return former


def advocates_for(case: Case) -> QuerySet[Post]:
    """The current posts of defenders: who may be named, save those who have acted in the case in another role."""
    acted = case.participations.exclude(role=Role.DEFENDER).values("officer")
    return posts.current().filter(role=Role.DEFENDER).exclude(officer__in=acted).order_by("officer__sort_key", "pk")


def must_be_defended(person: Person) -> bool:
    """Whether the law demands a defender as far as the data tell: minors, and who lacks the language (CPC 67(1))."""
    accused = person.capacity in ACCUSED
    return accused and (person.is_minor(timezone.localdate()) or bool(person.language))


def needs_statement(officer: Officer, person: Person) -> bool:
    """Whether the advocate defends another person on the same side: then it is stated that interests agree."""
    return Counsel.objects.filter(case=person.case_id, officer=officer).exclude(person=person).exists()


def _as_it_stands(standing: Counsel, notice: dict[str, Any]) -> Counsel:
    """Counsel who was named already, by the same notice; an id in the other system is taken over if there was none.

    Raises :class:`Taken` if the notice says otherwise.
    """
    external_id = notice.get("external_id", "")
    message = _("This counsel was named by another notice: end that defence as a mistake, and name them anew.")
    otherwise = [name for name in _NOTICE if name in notice and notice[name] != getattr(standing, name)]
    if otherwise:
        raise Taken(Problem("named-otherwise", message, name) for name in otherwise)
    if external_id and not standing.external_id:
        standing.external_id = external_id
        refuse(_external_problems(standing))
        standing.save(update_fields=["external_id"])
    return standing


def _named(row: Defence) -> dict[str, str]:
    return {"officer": str(row.officer_id)} if row.officer_id else {"participant": str(row.participant_id)}


# -- validation ---------------------------------------------------------------------------------------------------


def _problems(row: Counsel, *, interests_agree: bool) -> Iterator[Problem]:
    if row.person.case_id != row.case_id:
        yield Problem("not-of-the-case", _("This person is not of the case."), "person")
    yield from _external_problems(row)
    if not isinstance(row.noticed_on, date):
        yield Problem("not-a-day", _("A day that exists is expected."), "noticed_on")
    elif row.noticed_on > timezone.localdate():
        yield Problem("in-the-future", _("This day has not come yet."), "noticed_on")
    if row.relation not in Defence.Relation.values:
        yield Problem("invalid_choice", _("Choose who defends the person."), "relation")
    elif row.relation == ADVOCATE:
        yield from _advocate_problems(row, interests_agree=interests_agree)
    else:
        yield from _relative_problems(row)


def _external_problems(row: Counsel) -> Iterator[Problem]:
    yield from external_problems(row.external_id)
    if row.external_id and Counsel.objects.filter(case=row.case_id, external_id=row.external_id).exists():
        yield Problem("external-id-taken", _("This id stands for another counsel of the case."), "external_id")


def _advocate_problems(row: Counsel, *, interests_agree: bool) -> Iterator[Problem]:
    officer = row.officer
    if officer is None:
        yield Problem("required", _("Choose an advocate."), "officer")
        return
    if not posts.current().filter(officer=officer, role=Role.DEFENDER).exists():
        yield Problem("not-a-defender", _("This officer is not a defender."), "officer")
    acted = participation.role_of(row.case, officer) not in (None, Role.DEFENDER)
    known = row.case.persons.exclude(capacity__in=[Person.Capacity.DEFENDER, Person.Capacity.PROTECTED])
    if acted or known.filter(iin=officer.iin).exists():
        message = _("Whoever has a part in the case otherwise cannot be counsel in it.")
        yield Problem("has-another-part", message, "officer")
    if _opposes(row, officer):
        message = _("This advocate defends or has defended somebody whose interests are opposed.")
        yield Problem("opposed-interests", message, "officer")
    elif needs_statement(officer, row.person) and not interests_agree:
        message = _("This advocate defends another person of the case: state that their interests agree.")
        yield Problem("interests-not-stated", message, "interests_agree")


def _opposes(row: Counsel, officer: Officer) -> bool:
    """Whether the officer stands, or has stood, on the other side of the case; mistakes of entry do not count."""
    sides = (ACCUSED, HARMED)
    against = next((sides[1 - place] for place, side in enumerate(sides) if row.person.capacity in side), None)
    if against is None:
        return False
    theirs = Q(case=row.case_id, officer=officer, person__capacity__in=against) & ~Q(person=row.person)
    return (
        Counsel.objects.filter(theirs).exists()
        or FormerCounsel.objects.filter(theirs).exclude(end=End.MISTAKE).exists()
    )


def side_problems(person: Person) -> Iterator[Problem]:
    """That counsel of this person stands on the other side, now that the person's capacity is another."""
    row = Counsel(case=person.case, person=person)
    advocates = person.counsel.filter(officer__isnull=False).select_related("officer")
    if any(_opposes(row, counsel.officer) for counsel in advocates if counsel.officer):
        message = _(
            "Counsel of this person defends or has defended somebody on the other side: end that defence first."
        )
        yield Problem("opposed-interests", message, "capacity")


def _relative_problems(row: Counsel) -> Iterator[Problem]:
    relative = row.participant
    if relative is None or relative.case_id != row.case_id or relative.capacity != Person.Capacity.DEFENDER:
        message = _("Enter the relative as a person of the case in the capacity of defender, and choose them here.")
        yield Problem("not-a-defender", message, "participant")
    if row.appointed:
        yield Problem("relative-not-appointed", _("Only an advocate is appointed."), "appointed")
    if row.person.capacity not in ACCUSED:
        yield Problem("relative-of-the-accused", _("Only a suspect is defended by a relative."), "person")
    if not row.person.counsel.filter(relation=ADVOCATE).exists():
        message = _("A relative defends beside an advocate: name the advocate first.")
        yield Problem("no-advocate", message, "relation")


def _ending_problems(counsel: Counsel, end: str) -> Iterator[Problem]:
    if end not in End.values:
        yield Problem("invalid_choice", _("Choose how the defence ended."), "end")
    others = counsel.person.counsel.filter(relation=ADVOCATE).exclude(pk=counsel.pk)
    if end == End.REFUSED and must_be_defended(counsel.person) and not others.exists():
        message = _("The law demands a defender for this person: a refusal is not accepted without another.")
        yield Problem("defence-is-mandatory", message, "end")
