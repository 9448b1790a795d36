"""Entering the participants of a case, and correcting what was entered."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.cases.changes import (
    apply_changes,
    lock,
    log,
    reason_problems,
    refuse,
    require_seen,
    require_work,
    required,
    row_problems,
    trace,
)
from ecase.cases.counsel import side_problems
from ecase.cases.models import Case, Identity, Person
from ecase.cases.numbers import external_problems, identity_problems, tidy_number
from ecase.officers.models import Post
from ecase.problems import NotAllowed, Problem

# Capacities in which only a natural person can be.
OF_PEOPLE = frozenset(
    {
        Person.Capacity.SUSPECT,
        Person.Capacity.WITNESS,
        Person.Capacity.DEFENDER,
        Person.Capacity.LEGAL_REPRESENTATIVE,
        Person.Capacity.PROTECTED,
        Person.Capacity.SOUGHT,
    }
)
NAMES = ("surname", "given_name", "patronymic", "legal_name")
FIELDS = (
    "capacity",
    "form",
    *NAMES,
    "sex",
    "birth_date",
    "iin",
    "paper",
    "citizenship",
    "address",
    "language",
    "convictions",
    "represented_by",
)
_EARLIEST_BIRTH = date(1890, 1, 1)
_COUNTRY = re.compile(r"[A-Z]{3}\Z")
_BLANK_RUN = re.compile(r"\s+")


def add_person(case: Case, post: Post, *, capacity: str, **fields: Any) -> Person:
    """Add a participant to ``case``; ``fields`` are :data:`FIELDS` and ``external_id``.

    Audited as ``person.added``, without personal data. Raises :class:`NotAllowed` unless ``post`` may change the case,
    :class:`Invalid` with every wrong field.
    """
    require_work(case, post)
    person = Person(case=case, **tidy({"capacity": capacity, **fields}))
    with transaction.atomic():
        lock(case)
        refuse(_problems(person))
        _identify(person)
        person.save(force_insert=True)
        log("person.added", case, post, {"person": str(person.pk), "capacity": capacity})
    return person


def correct_person(person: Person, post: Post, reason: str, *, seen: int | None = None, **fields: Any) -> Person:
    """Correct fields of :data:`FIELDS`; each old value is kept. Nothing happens if nothing differs.

    Audited as ``person.corrected``. ``seen``: the revision that the caller saw. Raises :class:`NotAllowed`, also of a
    protected person, whose data another capacity would show and an answer would confirm (CPC Art. 97);
    :class:`Stale`, :class:`Invalid` with every wrong field.
    """
    require_work(person.case, post)
    with transaction.atomic():
        lock(person.case)
        person = Person.objects.select_related("case").get(pk=person.pk)
        if person.is_protected:
            raise NotAllowed(Problem("protected-person", _("The data of a protected person are not corrected here.")))
        require_seen(person, seen)
        changed = apply_changes(person, tidy(fields, person.form))
        if not changed:
            return person
        sides = side_problems(person) if "capacity" in changed else ()
        refuse([*reason_problems(reason), *_problems(person), *sides])
        _identify(person)
        person.revision += 1
        person.save()
        trace(person.case, post, changed, reason, person)
    return person


def tidy(fields: dict[str, Any], form: str = Identity.Form.NATURAL) -> dict[str, Any]:
    """The fields with their spaces in order; names as one writes them, a legal person's beginning as its surname."""
    tidied = {name: _tidied(name, value) for name, value in fields.items()}
    if tidied.get("form", form) == Identity.Form.NATURAL:
        return {**tidied, "legal_name": ""}
    if "legal_name" in tidied:
        tidied |= {"surname": tidied["legal_name"][:100].strip(), "given_name": "", "patronymic": "", "sex": ""}
    return tidied


def _tidied(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "iin":
        return tidy_number(value)
    if name == "citizenship":
        return value.strip().upper()
    composed = unicodedata.normalize("NFC", value)
    return composed.strip() if name == "convictions" else _BLANK_RUN.sub(" ", composed).strip()


def _identify(person: Person) -> None:
    """Link the participant with the natural or legal person of that number, who may be known from another case."""
    person.identity = Identity.objects.get_or_create(form=person.form, number=person.iin)[0] if person.iin else None


# -- validation ---------------------------------------------------------------------------------------------------


def _problems(person: Person) -> list[Problem]:
    elsewhere = {"iin", *(NAMES[:1] if person.is_legal else ())}
    found = [problem for problem in row_problems(person) if problem.field not in elsewhere]
    return [*found, *_name_problems(person), *_data_problems(person), *_case_problems(person)]


def _name_problems(person: Person) -> Iterator[Problem]:
    if person.is_legal:
        if not person.legal_name:
            yield required(person, "legal_name")
        if person.capacity in OF_PEOPLE:
            yield Problem("not-of-a-legal-person", _("A legal person cannot be this in a case."), "capacity")
        return
    if not person.sex:
        yield required(person, "sex")
    for name in NAMES[:3]:
        value = getattr(person, name)
        if value and not any(letter.isalpha() for letter in value):
            yield Problem("no-name", _("A name has letters."), name)


def _data_problems(person: Person) -> Iterator[Problem]:
    if isinstance(person.birth_date, date) and not _EARLIEST_BIRTH <= person.birth_date <= timezone.localdate():
        yield Problem("birth-date", _("Nobody alive was born on this day."), "birth_date")
    if person.iin:
        yield from identity_problems(person.form, person.iin, checked=not settings.DEMO)
    if person.citizenship and not _COUNTRY.match(person.citizenship):
        message = _("Three letters of the country are expected, as in a passport: KAZ.")
        yield Problem("citizenship", message, "citizenship")
    yield from external_problems(person.external_id)


def _case_problems(person: Person) -> Iterator[Problem]:
    """What contradicts other participants of the same case; other cases are not asked."""
    others = Person.objects.filter(case=person.case_id).exclude(pk=person.pk)
    same = others.filter(form=person.form, iin=person.iin, capacity=person.capacity)
    if person.iin and not person.is_protected and same.exists():
        yield Problem("person-known", _("The case has a participant of this number in this capacity already."), "iin")
    keeper = person.represented_by
    if keeper and (keeper.case_id != person.case_id or keeper.capacity != Person.Capacity.LEGAL_REPRESENTATIVE):
        message = _("Choose a legal representative among the persons of the case.")
        yield Problem("not-a-legal-representative", message, "represented_by")
