"""Separation of duties: in one case one person acts in one role, for ever.

The rule is kept by the database (a unique constraint on case and officer, rows that are never changed or deleted), so
that two acts at the same instant cannot get around it. It is kept by person: an officer is one row for one IIN,
whatever posts he or she has held.
"""

from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Case, Participation
from ecase.officers.models import Officer
from ecase.problems import NotAllowed, Problem

ANOTHER_ROLE = _("You have already acted in this case in another role, so you cannot act in this one.")


def join(case: Case, officer: Officer, role: str) -> None:
    """Record that ``officer`` acts in ``case`` as ``role``. Safe to repeat and safe against races.

    Raises :class:`NotAllowed` (``acted-in-another-role``) if the officer has acted in the case in any other role.
    """
    joined, _created = Participation.objects.get_or_create(case=case, officer=officer, defaults={"role": role})
    if joined.role != role:
        raise NotAllowed(Problem("acted-in-another-role", ANOTHER_ROLE, params={"role": joined.role}))


def role_of(case: Case, officer: Officer) -> str | None:
    """The role in which ``officer`` has acted in ``case``, or ``None``."""
    return Participation.objects.filter(case=case, officer=officer).values_list("role", flat=True).first()
