"""Where a draw's seed comes from: a nonce that was committed to before anybody knew what it would decide.

ADR 0024 says who could try what, and why it does not help.
"""

import secrets
from typing import Any

from django.db.models import Subquery
from django.db.models.functions import JSONObject

from ecase.audit import services as audit
from ecase.audit.models import Entry
from ecase.officers.models import Organisation
from workflows.assignment import algorithm
from workflows.assignment.models import Commitment

Motion = Any  # workflows.motions.Motion, which stands a floor above

EVENT = "draw.committed"
_BYTES = 32


class NothingSigned(Exception):
    """A draw rests on an act that an officer has signed; this motion has none."""


def commit(court: Organisation) -> None:
    """Make the nonce of the court's first draw, unless there is one, and put its hash into the audit log.

    In the caller's transaction, in which the court's row stays locked: of two that come at once one commits.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=court.pk)
    if not Commitment.objects.filter(court=court).exists():
        nonce = _nonce()
        entry = _published(court, nonce)
        Commitment.objects.create(court=court, nonce=nonce, entry=entry, number=entry.seq)


def reveal(motion: Motion, court: Organisation) -> dict[str, Any]:
    """The parts of the next seed of ``court``; the nonce after it is committed to at once.

    Draws of one court wait here for each other until the end of the caller's transaction. Raises
    :class:`NothingSigned` for a motion that no officer has filed.
    """
    held = _held(motion, court)
    if held.act is None:
        raise NothingSigned(f"motion {motion.pk}: no officer has signed an act of it")
    parts = _parts(motion, court, held)
    held.nonce = _nonce()
    held.entry = _published(court, held.nonce)
    held.number = held.entry.seq
    held.save(update_fields=["nonce", "entry", "number"])
    return parts


def _held(motion: Motion, court: Organisation) -> Any:
    """The court's row, locked, with the last act of the motion that an officer signed.

    Nothing that another draw writes is joined: after waiting for that draw PostgreSQL would compare the row's new entry
    with what stood there before the wait, and find no row.
    """
    acts = type(motion)._meta.get_field("acts").related_model.objects
    signed = acts.filter(motion=motion.pk, author__isnull=False).order_by("-position")
    rows = Commitment.objects.select_for_update().filter(court=court)
    rows = rows.annotate(act=Subquery(signed.values(act=JSONObject(id="pk", sha256="sha256"))[:1]))
    if found := rows.first():
        return found
    commit(court)
    return rows.get()


def _parts(motion: Motion, court: Organisation, held: Any) -> dict[str, Any]:
    return {
        "motion": str(motion.pk),
        "court": court.bin,
        "nonce": held.nonce,
        "commitment": algorithm.commitment(held.nonce),
        "committed_in": {"entry": held.entry_id, "number": held.number},
        "act": held.act,
    }


def _nonce() -> str:
    return secrets.token_hex(_BYTES)


def _published(court: Organisation, nonce: str) -> Entry:
    data = {"commitment": algorithm.commitment(nonce)}
    subject = {"court": str(court.pk)}
    return audit.append(EVENT, chain=f"court:{court.pk}", actor=audit.service_actor(), subject=subject, data=data)
