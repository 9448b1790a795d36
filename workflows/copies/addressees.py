"""Resolves a word of the service matrix to the addressees in this case: officers, offices, persons."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from ecase.cases.models import Counsel, Person
from ecase.officers.models import Officer, Organisation, Role
from workflows.copies.ports import ServedMotion

Finder = Callable[[ServedMotion], Iterable["Addressee"]]
INVESTIGATORS = (Role.INVESTIGATOR, Role.HEAD_OF_UNIT)


@dataclass(frozen=True)
class Addressee:
    """Addressee of a copy: exactly one of the three, or none of them for somebody without a record in the service."""

    officer: Officer | None = None
    organisation: Organisation | None = None
    person: Person | None = None


NOBODY_KNOWN = Addressee()


def find_addressees(motion: ServedMotion, word: str, *, required: bool | None = None) -> list[Addressee]:
    """The addressees that ``word`` names.

    An office or officer of the motion; or the persons whom the motion names in a field of this name; or the persons of
    the case in this capacity, limited to the subject of the motion if it is one of them. If there is none and one is
    ``required``, an addressee without a record in the service; the default is to require one if the word is no office,
    field or capacity.
    """
    is_known, found = True, list[Addressee]()
    if word in _OFFICES:
        found = list(_OFFICES[word](motion))
    elif word in {field.key for field in motion.kind_entry.form.fields if field.type in ("person", "persons")}:
        found = _named(motion, word)
    elif word in Person.Capacity.values:
        found = _in_capacity(motion, word)
    else:
        is_known = False
    if required is None:
        required = not is_known
    return found or ([NOBODY_KNOWN] if required else [])


def counsel_of(persons: Iterable[Person]) -> list[Officer]:
    """Counsel with an account of these persons: a message about a copy owed to a client also goes to them."""
    ids = [person.pk for person in persons]
    found = Counsel.objects.filter(person__in=ids).select_related("officer") if ids else ()
    return list({counsel.officer_id: counsel.officer for counsel in found if counsel.officer}.values())


def _defender(motion: ServedMotion) -> Iterator[Addressee]:
    """Counsel with an account, else the defenders whom the case names.

    The defender who asked for the decision; or counsel of the subject, if the motion is open to the defence.
    """
    counsel = Counsel.objects.filter(person=motion.subject_id) if motion.defence and motion.subject_id else None
    links = counsel.select_related("officer") if counsel is not None else ()
    officers = {link.officer for link in links if link.officer}
    if motion.author.role == Role.DEFENDER:
        officers.add(motion.author.officer)
    yield from (Addressee(officer=officer) for officer in sorted(officers, key=lambda officer: officer.pk))
    if not officers:
        yield from (
            Addressee(person=person) for person in motion.case.persons.filter(capacity=Person.Capacity.DEFENDER)
        )


def places_of_custody(motion: ServedMotion) -> QuerySet[Organisation]:
    """The places of custody of the investigation body, or of its parent body."""
    bodies = filter(None, [motion.organisation_id, motion.organisation.parent_id])
    return Organisation.objects.filter(kind=Organisation.Kind.FACILITY, parent__in=bodies)


def _office(name: str) -> Finder:
    return lambda motion: iter([Addressee(organisation=getattr(motion, name))])


_OFFICES: dict[str, Finder] = {
    "author": lambda motion: iter([Addressee(officer=motion.author.officer)]),
    # The author if he is an investigator; else the investigation body.
    "investigator": lambda motion: [
        Addressee(officer=motion.author.officer)
        if motion.author.role in INVESTIGATORS
        else Addressee(organisation=motion.case.organisation)
    ],
    "investigation_body": lambda motion: iter([Addressee(organisation=motion.case.organisation)]),
    "head_of_unit": _office("organisation"),
    "prosecutor": _office("prosecution"),
    "supervising_prosecutor": _office("prosecution"),
    "judge": lambda motion: [Addressee(officer=motion.judge)] if motion.judge else [],
    "court": _office("court"),
    "court_chair": _office("court"),
    "defender": _defender,
    # If there is exactly one.
    "facility": lambda motion: [
        Addressee(organisation=found[0]) if len(found := list(places_of_custody(motion)[:2])) == 1 else NOBODY_KNOWN
    ],
}


def _named(motion: ServedMotion, field: str) -> list[Addressee]:
    stated = motion.payload.get(field) or []
    ids = stated if isinstance(stated, list) else [stated]
    return [Addressee(person=person) for person in motion.case.persons.filter(pk__in=ids)]


def _in_capacity(motion: ServedMotion, capacity: str) -> list[Addressee]:
    found = [Addressee(person=person) for person in motion.case.persons.filter(capacity=capacity)]
    subject = [addressee for addressee in found if addressee.person and addressee.person.pk == motion.subject_id]
    return subject or found
