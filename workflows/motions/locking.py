"""Locks a motion's row for an act."""

from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from ecase.audit import clocks
from ecase.cases.models import Participation
from ecase.statements import HotQuery
from ecase.transactions import write_collected
from workflows.assignment.models import DutyCall
from workflows.motions import columns, signed
from workflows.motions.models import UNREAD, Motion, PendingSignature, PreparedAct

KEPT = ("case", "catalogue", "author", "organisation", "prosecution", "court")


def lock(motion: Motion, signing: PreparedAct | None = None) -> Motion:
    """The motion's row, locked until the transaction ends, with its last act.

    What an act asks of other tables is read with it: whether officers on duty are being called; for the act that is
    being signed also its author's role in the case, and whether a signature of it waits.

    Related rows that the lock does not protect (case, author, bodies) and that ``motion`` already has are not read
    again: planning a query of ten tables takes PostgreSQL longer than all its other work for an act. The same statement
    reads the time: raises ``ClockDiffers`` before anything is dated by a wrong clock; and the signed columns: raises
    ``RowAltered`` for a row that differs from them.
    """
    write_collected()
    before = timezone.now()
    signer = {"officer": signing.author.officer_id, "prepared": signing.pk} if signing else {}
    rows = _LOCKED.rows(motion=motion.pk, **signer)
    if not rows:
        raise Motion.DoesNotExist
    locked = rows[0]
    locked.is_called = locked.called
    if signing:
        locked.roles_known = {signing.author.officer_id: locked.author_role}
        locked.has_pending_signature = locked.pending
    clocks.require(before, locked.database_now, locked.log_at)
    signed.require(locked)
    locked.on_record = columns.values_of_row(locked)
    locked.as_locked = {field.name: getattr(locked, field.attname) for field in Motion._meta.concrete_fields}
    for name in KEPT:
        loaded = name in motion._state.fields_cache  # noqa: SLF001 - whether to ask costs a query otherwise
        if loaded and getattr(locked, f"{name}_id") == getattr(motion, f"{name}_id"):
            setattr(locked, name, getattr(motion, name))
    return cast(Motion, locked)


def _locked(*, motion: UUID, officer: UUID | None = None, prepared: UUID | None = None) -> "QuerySet[Motion]":
    rows = Motion.objects.select_for_update(of=("self",)).select_related("last_act").defer(*UNREAD)
    calls = DutyCall.objects.filter(motion=OuterRef("pk"), state=DutyCall.State.RUNNING)
    asked: Any = signed.loaded(rows).annotate(database_now=clocks.Now(), log_at=clocks.NEWEST_AT, called=Exists(calls))
    if officer:
        roles = Participation.objects.filter(case=OuterRef("case"), officer=officer).values("role")
        waiting = PendingSignature.objects.filter(prepared=prepared, settled_at=None)
        asked = asked.annotate(author_role=Subquery(roles[:1]), pending=Exists(waiting))
    return cast("QuerySet[Motion]", asked.filter(pk=motion))


_LOCKED: HotQuery[Any] = HotQuery(_locked)
