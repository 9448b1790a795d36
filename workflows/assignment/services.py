"""Who gets a motion: its number in the court's register, and a judge by a random draw that can be repeated."""

import hashlib
import secrets
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from ecase.audit import services as audit
from ecase.cases.models import Case, Participation
from ecase.officers.models import Organisation, Post, Role
from workflows.assignment.models import Draw

Motion = Any  # workflows.motions.Motion, which stands a floor above

_NEXT = """
    INSERT INTO assignment_register (court_id, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (court_id, year) DO UPDATE SET last = assignment_register.last + 1 RETURNING last
"""


def next_number(court: Organisation) -> str:
    """The next number of the court's register of this year, such as ``7511-26-42``.

    Without gaps: the register's row stays locked until the caller's transaction ends, and a rollback gives it back.
    """
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [court.pk, year])
        (number,) = cursor.fetchone()
    return f"{court.code}-{year % 100:02d}-{number}"


def draw(motion: Motion, court: Organisation, case: Case) -> Draw | None:
    """Draw a judge of ``court`` who has not acted in ``case`` in another role. ``None`` if there is none."""
    judges = {str(post.officer_id): post for post in _judges(court)}
    excluded = _conflicts(case, list(judges))
    candidates = sorted(set(judges) - set(excluded))
    if not candidates:
        return None
    seed = secrets.token_hex(16)
    record = Draw.objects.create(
        motion=motion,
        court=court,
        seed=seed,
        candidates=candidates,
        excluded=excluded,
        chosen=judges[winner(seed, candidates)],
    )
    _log(record, case)
    return record


def winner(seed: str, candidates: list[str]) -> str:
    """Whom ``seed`` picks among ``candidates`` (officer ids); the same for whoever repeats it."""
    return min(candidates, key=lambda officer: hashlib.sha256(f"{seed}:{officer}".encode()).digest())


def _judges(court: Organisation) -> list[Post]:
    return list(Post.objects.current().filter(organisation=court, role=Role.JUDGE).select_related("officer"))


def _conflicts(case: Case, officers: list[str]) -> dict[str, str]:
    acted = Participation.objects.filter(case=case, officer__in=map(UUID, officers)).exclude(role=Role.JUDGE)
    return {str(officer): f"acted as {role}" for officer, role in acted.values_list("officer", "role")}


def _log(record: Draw, case: Case) -> None:
    audit.append(
        "draw.made",
        chain=case.chain,
        actor=audit.service_actor(),
        subject={"motion": str(record.motion_id), "draw": str(record.pk)},
        data={"seed": record.seed, "candidates": record.candidates, "chosen": str(record.chosen.officer_id)},
    )
