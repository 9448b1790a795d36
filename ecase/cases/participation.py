"""Separation of duties: in one case one person acts in one role, permanently.

The database enforces the rule (a unique constraint on case and officer, rows that are never changed or deleted), also
for two acts at the same instant. It holds by person: an officer is one row for one IIN, whatever posts he or she has
held.
"""

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Case, Participation
from ecase.officers.models import Officer
from ecase.problems import NotAllowed, Problem
from ecase.statements import HotQuery

# One round trip. A transaction that waited here for another to commit the same pair sees neither row, and reads again.
_JOIN = """
    WITH joined AS (
        INSERT INTO cases_participation (case_id, officer_id, role, since)
        SELECT %(case)s, %(officer)s, %(role)s, %(now)s WHERE NOT EXISTS (
            SELECT FROM cases_participation WHERE case_id = %(case)s AND officer_id = %(officer)s
        )
        ON CONFLICT (case_id, officer_id) DO NOTHING RETURNING role
    )
    SELECT role FROM joined
    UNION ALL SELECT role FROM cases_participation WHERE case_id = %(case)s AND officer_id = %(officer)s
"""
ANOTHER_ROLE = _("You have already acted in this case in another role, so you cannot act in this one.")


def join(case: Case, officer: Officer, role: str) -> None:
    """Record that ``officer`` acts in ``case`` as ``role``. Idempotent and safe against races.

    Raises :class:`NotAllowed` (``acted-in-another-role``) if the officer has acted in the case in any other role.
    """
    joined = join_unless_joined(case, officer, role) or role_of(case, officer)
    if joined != role:
        raise NotAllowed(Problem("acted-in-another-role", ANOTHER_ROLE, params={"role": joined}))


def join_unless_joined(case: Case, officer: Officer, role: str) -> str | None:
    """As :func:`join`, but an officer who has acted in another role keeps that role.

    Returns the officer's permanent role in the case; ``None`` if a concurrent transaction has just set it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, {"case": case.pk, "officer": officer.pk, "role": role, "now": timezone.now()})
        row = cursor.fetchone()
    return row[0] if row else None


def role_of(case: Case, officer: Officer) -> str | None:
    """The role in which ``officer`` has acted in ``case``, or ``None``."""
    return next(iter(_ROLES.rows(case=case.pk, officer=officer.pk)), None)


_ROLES: HotQuery[str] = HotQuery(
    lambda case, officer: Participation.objects.filter(case=case, officer=officer).values_list("role", flat=True)
)
