"""For whom counsel acts on a motion. Counsel is for a person, never for a case.

A motion that is open to the defence is open to counsel of its subject, the person whom it is about. Counsel of another
person has a part in it only if the catalogue's service list owes that person a copy of the decision, and then only in
the decision.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ecase.cases.models import Counsel, Person
from ecase.officers.models import Officer
from workflows.copies.models import Copy
from workflows.motions.rules.kind_rules import KindRows
from workflows.statute.schema import Kind

if TYPE_CHECKING:
    from workflows.motions.models import Motion

# Appellants in the catalogue: the prosecutor, the defended person, others affected by a decision.
PROSECUTOR, DEFENDER, AFFECTED = "prosecutor", "defender", "other_affected"


def counsel_of_subject(motion: "Motion") -> QuerySet[Officer]:
    """The officers to whom the motion is open as counsel of its subject; none if it is closed to the defence."""
    if not motion.defence or motion.subject_id is None:
        return Officer.objects.none()
    return Officer.objects.filter(pk__in=Counsel.objects.filter(person=motion.subject_id).values("officer"))


def clients(motion: "Motion", officer_id: UUID) -> dict[UUID, str]:
    """The persons for whom the officer may act on the decision, with the capacity of each in the case.

    The subject of the motion, if it is open to the defence; those to whom a copy of the decision is owed.
    """
    owed = Copy.objects.filter(motion=motion.pk, person=OuterRef("pk"), notice=False)
    part = Q(Exists(owed)) if not motion.secret else Q(pk__in=[])
    if motion.defence and motion.subject_id is not None:
        part |= Q(pk=motion.subject_id)
    persons = Person.objects.filter(part, case=motion.case_id, counsel__officer=officer_id)
    return dict(persons.values_list("pk", "capacity"))


def may_appeal(motion: "Motion", officer_id: UUID) -> bool:
    """Whether the law lets a client of the officer appeal."""
    allowed = appellants(motion.kind_entry)
    for person, capacity in clients(motion, officer_id).items():
        named = {capacity, AFFECTED, *((DEFENDER,) if person == motion.subject_id else ())}
        if not named.isdisjoint(allowed):
            return True
    return False


def appellants(kind: Kind) -> set[str]:
    """The appellants in the catalogue, by key, without the prosecutor."""
    return {appellant.key for appellant in kind.appeal.who} - {PROSECUTOR}


def rows_to_appeal(officer_id: UUID, kinds: KindRows) -> Q:
    """Motions whose decision a client of the officer may appeal: :func:`may_appeal` as a condition on rows.

    Most kinds let anyone affected appeal. Only the others are asked for by the capacity of the client: a condition for
    each capacity made the page of counsel slow.
    """
    mine = Counsel.objects.filter(officer=officer_id).values("person")
    owed = Copy.objects.filter(person__in=mine, notice=False)
    subject = Q(defence=True, subject__in=mine)
    found = subject & kinds.where(_lets({AFFECTED, DEFENDER}))
    found |= Q(pk__in=owed.values("motion"), secret=False) & kinds.where(_lets({AFFECTED}))
    for capacity in Person.Capacity.values:
        as_subject = _lets({capacity}, but_not={AFFECTED, DEFENDER})
        as_addressee = _lets({capacity}, but_not={AFFECTED})
        if kinds.has(as_subject):
            found |= subject & Q(subject__capacity=capacity) & kinds.where(as_subject)
        if kinds.has(as_addressee):
            alike = owed.filter(person__capacity=capacity).values("motion")
            found |= Q(pk__in=alike, secret=False) & kinds.where(as_addressee)
    return found


def _lets(names: set[str], but_not: frozenset[str] | set[str] = frozenset()) -> Callable[[Kind, str], bool]:
    """Kinds that let one of ``names`` appeal, and none of ``but_not``, whatever the outcome."""
    return lambda kind, outcome: not appellants(kind).isdisjoint(names) and appellants(kind).isdisjoint(but_not)
