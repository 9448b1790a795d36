"""Which persons of a case a post is shown: only those who concern it. Their names are ``Person.full_name``.

Investigators, supervising prosecutors and judges know all persons of the case. The defence, the court's clerk and its
chair know those named by a motion visible to them; the defence also its clients, the court's staff those to whom it
owes a copy. Nobody else is shown any. A protected person is never shown by name (``Person.full_name``).
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from ecase.cases.models import Case, Counsel, Person
from ecase.officers.models import Post, Role
from workflows.copies.models import Copy
from workflows.motions.models import Motion

KNOW_ALL = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT, Role.PROSECUTOR, Role.JUDGE})
KNOW_THE_NAMED = frozenset({Role.DEFENDER, Role.CLERK, Role.COURT_CHAIR})


def persons_shown_to(post: Post) -> QuerySet[Person]:
    """The persons that ``post`` is shown, across all cases and motions that it may open. One query."""
    seen = Motion.objects.visible_to(post).filter(case=OuterRef("case"))
    if post.role in KNOW_ALL:
        opened = Case.objects.visible_to(post).filter(pk=OuterRef("case"))
        return Person.objects.filter(Q(Exists(opened)) | Q(Exists(seen)))
    if post.role not in KNOW_THE_NAMED or not post.is_current():
        return Person.objects.none()
    named = seen.alias(stated=Cast("payload", TextField())).filter(stated__contains=Cast(OuterRef("pk"), CharField()))
    owed = Copy.objects.filter(person=OuterRef("pk"), motion__in=Motion.objects.visible_to(post).values("pk"))
    own = Counsel.objects.filter(person=OuterRef("pk"), officer=post.officer_id)
    return Person.objects.filter(Q(Exists(named)) | Q(Exists(own if post.role == Role.DEFENDER else owed)))


def persons_of(motion: Motion, post: Post) -> list[Person]:
    """The persons shown on a page, an answer or a form of ``motion``, which ``post`` has opened."""
    persons = list(motion.case.persons.all())
    if post.role in KNOW_ALL:
        return persons
    if post.role not in KNOW_THE_NAMED:
        return []
    # Clients of the defence, and persons whom the court's staff has to serve, whom the motion may not name.
    concerned: QuerySet[Any] = Copy.objects.filter(motion=motion, person__isnull=False)
    if post.role == Role.DEFENDER:
        concerned = Counsel.objects.filter(case=motion.case_id, officer=post.officer_id)
    shown = {*texts_in(motion.payload), *map(str, concerned.values_list("person", flat=True))}
    return [person for person in persons if str(person.pk) in shown]


def named_persons(motion: Motion, stated: Any = None) -> list[Person]:
    """The persons that the motion names, or ``stated`` of it."""
    named = set(texts_in(motion.payload if stated is None else stated))
    return [person for person in motion.case.persons.all() if str(person.pk) in named]


def main_person(motion: Motion, post: Post) -> Person | None:
    """The person by whom a list names a motion: its subject, or the suspect, or the first who may be shown.

    Reads ``motion.case.persons``, which a list has fetched for all of its lines.
    """
    about, named = str(motion.payload.get(motion.kind_entry.subject, "")), set(texts_in(motion.payload))
    shown = [person for person in motion.case.persons.all() if post.role in KNOW_ALL or str(person.pk) in named]
    ordered = sorted(shown, key=lambda person: (str(person.pk) != about, person.capacity != Person.Capacity.SUSPECT))
    return ordered[0] if ordered else None


def addressee_of(copy: Copy, post: Post) -> str:
    """The addressee's name as far as ``post`` is shown it; else empty, and the catalogue's word is enough."""
    if copy.person_id is None or post.role != Role.DEFENDER or str(copy.person_id) in texts_in(copy.motion.payload):
        return copy.addressee
    is_own = Counsel.objects.filter(person=copy.person_id, officer=post.officer_id).exists()
    return copy.addressee if is_own else ""


def texts_in(stated: Any) -> Iterator[str]:
    """Every text in a payload, at any depth; ids of persons are among them."""
    if isinstance(stated, str):
        yield stated
    elif isinstance(stated, dict):
        for value in stated.values():
            yield from texts_in(value)
    elif isinstance(stated, list):
        for value in stated:
            yield from texts_in(value)
