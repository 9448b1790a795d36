"""What all changes of a case have in common: who may make them, every fault at once, their trace."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.cases.models import Case, Correction, Person
from ecase.officers.models import Post, Role
from ecase.problems import Invalid, NotAllowed, Problem, Stale, Taken

OPENERS = frozenset({Role.INVESTIGATOR, Role.HEAD_OF_UNIT})
CHANGERS = OPENERS | {Role.PROSECUTOR}
NUMBER_TAKEN = Problem("number-taken", _("A case with this number exists already."), "number")
LONGEST_REASON = 500


def may_change(case: Case, post: Post) -> bool:
    """Whether ``post`` investigates the case, heads its body or supervises it."""
    return post.role in CHANGERS and Case.objects.visible_to(post).filter(pk=case.pk).exists()


def require_work(case: Case, post: Post, roles: frozenset[Role] = CHANGERS) -> None:
    """Raise :class:`NotAllowed` unless ``post`` may change the case, in one of ``roles``."""
    if post.role not in roles or not may_change(case, post):
        message = _("Only those who investigate the case can change it.")
        raise NotAllowed(Problem("may-not-change-the-case", message))


def lock(case: Case) -> None:
    """Wait for other changes of the case, until the end of the transaction."""
    Case.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=case.pk)


def require_seen(row: models.Model, seen: int | None) -> None:
    """Raise :class:`Stale` if the caller saw another revision of ``row`` than ``seen``."""
    if seen is not None and seen != getattr(row, "revision"):  # noqa: B009
        message = _("This has been changed since you opened it. Look at it as it is now, and correct it again.")
        raise Stale(Problem("stale", message))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise every problem at once; :class:`Taken` if the only one is that the number is taken."""
    found = tuple(problems)
    if found and all(problem.code == NUMBER_TAKEN.code for problem in found):
        raise Taken(found)
    if found:
        raise Invalid(found)


def row_problems(row: models.Model) -> Iterator[Problem]:
    """Every fault that the model's validation finds."""
    try:
        row.full_clean()
    except ValidationError as faults:
        for field, error in ((field, error) for field, errors in faults.error_dict.items() for error in errors):
            if (field, error.code) == ("number", "unique"):
                yield NUMBER_TAKEN
            else:
                name = "" if field == NON_FIELD_ERRORS else field
                if error.code in ("blank", "null"):
                    yield dataclasses.replace(required(row, name), code=error.code)
                else:
                    yield Problem(str(error.code or "invalid"), "".join(error.messages), name)


def required(row: models.Model, name: str) -> Problem:
    """That a field of ``row`` has to be given, by its name: several of them stand in one list."""
    field: Any = row._meta.get_field(name)
    return Problem("required", _("This is required: %(name)s.") % {"name": field.verbose_name}, name)


def reason_problems(reason: str) -> Iterator[Problem]:
    """A reason is needed, of at most 500 characters."""
    if not reason.strip():
        yield Problem("reason-missing", _("Say why."), "reason")
    elif len(reason) > LONGEST_REASON:
        yield Problem("max_length", _("At most 500 characters are possible."), "reason")


def differs(row: models.Model, given: Mapping[str, Any]) -> bool:
    """Whether any of the given fields is not so already."""
    return any(getattr(row, name) != value for name, value in given.items())


def apply_changes(row: models.Model, given: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Set the given fields of ``row``; the old and the new text of those that differ, by field."""
    changed: dict[str, tuple[str, str]] = {}
    for name, value in given.items():
        old = getattr(row, name)
        if old != value:
            changed[name] = _text(old), _text(value)
            setattr(row, name, value)
    return changed


def trace(
    case: Case, post: Post, changed: Mapping[str, tuple[str, str]], reason: str, person: Person | None = None
) -> None:
    """Keep what was corrected, and log which fields were: the log holds no personal data."""
    now = timezone.now()
    Correction.objects.bulk_create(
        Correction(
            case=case,
            person=person,
            field=field,
            old=old,
            new=new,
            reason=reason.strip(),
            corrected_by=post,
            corrected_at=now,
        )
        for field, (old, new) in changed.items()
    )
    named = {"person": str(person.pk)} if person else {}
    log("person.corrected" if person else "case.corrected", case, post, {**named, "fields": ", ".join(sorted(changed))})


def log(event: str, case: Case, post: Post, data: dict[str, str]) -> None:
    """Append to the case's chain."""
    audit.append(event, chain=case.chain, actor=post.as_actor(), subject={"case": str(case.pk)}, data=data)


def _text(value: Any) -> str:
    return "" if value is None else str(value.pk if isinstance(value, models.Model) else value)
