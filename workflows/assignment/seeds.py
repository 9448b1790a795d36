"""The seed of a draw: made of a nonce that was committed to before the motion was known.

ADR 0024 analyses who could try to influence it, and why they cannot.
"""

import secrets
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject

from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.officers.models import Organisation
from ecase.statements import HotQuery
from workflows.assignment import algorithm
from workflows.assignment.models import Commitment, Draw, Series
from workflows.assignment.ports import AssignedMotion

EVENT = "draw.committed"
_BYTES = 32


class NothingSigned(Exception):
    """The motion has no act signed by an officer; a draw needs one."""


def commit(court: Organisation) -> None:
    """Make the nonces of the court's first draws, one a series, unless they exist; put their hashes into the log.

    Runs in the caller's transaction, which keeps the court's row locked: of two concurrent callers one commits.
    """
    for series in Series:
        _begin(court, series)


def reveal(motion: AssignedMotion, court: Organisation) -> dict[str, Any]:
    """The parts of the next seed of ``court`` in the motion's series; the nonce after it is committed to at once.

    Draws of one court and series wait here for each other until the end of the caller's transaction. Raises
    :class:`NothingSigned` for a motion that no officer has filed.
    """
    held = _held(motion, court)
    if held.act is None:
        raise NothingSigned(f"motion {motion.pk}: no officer has signed an act of it")
    named = {} if held.series == Series.ORDINARY else {"series": held.series}
    parts = {
        "motion": str(motion.pk),
        "court": court.bin,
        **named,
        "nonce": held.nonce,
        "commitment": algorithm.commitment(held.nonce),
        "committed_in": {"entry": held.entry_id, "number": held.number},
        "act": held.act,
    }
    held.nonce, held.entry = _new_nonce(court, held.series, motion)
    held.number = held.entry.seq
    held.save(update_fields=["nonce", "entry", "number"])
    return parts


def chain_of(court_id: UUID | int | str, series: Series) -> str:
    """The chain of the audit log that holds the commitments of a court's draws in a series."""
    return f"court:{court_id}" if series == Series.ORDINARY else f"covert_draws:{court_id}"


def _begin(court: Organisation, series: Series, motion: AssignedMotion | None = None) -> None:
    Organisation.objects.select_for_update(no_key=True).get(pk=court.pk)
    if not Commitment.objects.filter(court=court, series=series).exists():
        nonce, entry = _new_nonce(court, series, motion)
        Commitment.objects.create(court=court, series=series, nonce=nonce, entry=entry, number=entry.seq)


def _held(motion: AssignedMotion, court: Organisation) -> Any:
    """The locked row of the court and series, with the motion's last act signed by an officer.

    Joins nothing that another draw writes: after waiting for that draw PostgreSQL would compare the row's new entry
    with the value from before the wait, and find no row.
    """
    asked = {"motion": motion.pk, "court": court.pk}
    if found := _HELD.rows(Series.of(motion), **asked):
        return found[0]
    _begin(court, Series.of(motion), motion)
    return _HELD.rows(Series.of(motion), **asked)[0]


def _locked(series: Series, *, motion: UUID, court: UUID) -> "QuerySet[Commitment]":
    motions: Any = Draw._meta.get_field("motion").related_model
    acts: Any = motions._meta.get_field("acts").related_model
    signed = acts.objects.filter(motion=motion, author__isnull=False).order_by("-position")
    rows = Commitment.objects.select_for_update().filter(court=court, series=series)
    return rows.annotate(act=Subquery(signed.values(act=JSONObject(id="pk", sha256="sha256"))[:1]))


_HELD: HotQuery[Any] = HotQuery(_locked)


def _new_nonce(court: Organisation, series: Series, motion: AssignedMotion | None) -> tuple[str, Entry]:
    """A nonce, and the log entry that holds its hash.

    What a covert draw reveals is visible only to readers of that motion.
    """
    nonce = secrets.token_hex(_BYTES)
    data = {"commitment": algorithm.commitment(nonce)}
    of_motion = {"motion": str(motion.pk)} if motion is not None and series == Series.COVERT else {}
    subject, actor = {"court": str(court.pk), **of_motion}, audit.service_actor()
    return nonce, audit.append(EVENT, chain=chain_of(court.pk, series), actor=actor, subject=subject, data=data)
