"""The signed content of a motion, and whether its row still agrees with acts and log.

Once a motion is filed, its row alone is not trusted. The statement is read from the bytes of its motion and of the
corrections after it, whose digests are in the log; the columns are compared with the log entries of its acts. A row
that differs is refused like an altered file: reported and logged, while everything else continues.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery

from ecase.cases import integrity
from ecase.cases.integrity import RowAltered
from workflows.motions import columns
from workflows.motions.models import Act, Motion
from workflows.motions.states import ActType

Payload = Mapping[str, Any]
# The acts that determine the content of the motion.
STATING = (ActType.MOTION, ActType.CORRECTION)
_BYTES, _LOG = "signed_bytes", "signed_log"


class Signed(NamedTuple):
    """The payload in force by the signed bytes, and the columns by the log."""

    payload: dict[str, Any]
    values: columns.Values


class _Unreadable(ValueError):
    """The acts and the log contradict each other."""


def loaded(rows: QuerySet[Motion]) -> QuerySet[Motion]:
    """``rows``, each with the data that :func:`require` needs, so that it makes no more queries."""
    acts = Act.objects.filter(motion=OuterRef("pk")).order_by("position")
    stating = acts.filter(type__in=STATING).values("act_json")
    return rows.annotate(**{_BYTES: ArraySubquery(stating), _LOG: ArraySubquery(acts.values("entry__body"))})


def statement(motion: Motion) -> Payload:
    """The present content of the motion: the input of a draft, or the signed content of a filed motion.

    Raises :class:`RowAltered` if the row differs. One query, unless the motion was loaded with its data.
    """
    require(motion)
    return motion.payload


def require(motion: Motion) -> None:
    """Raise :class:`RowAltered`, with every column that differs, unless the row agrees with what was signed.

    A caller that catches it logs it (``integrity.report``).
    """
    if motion.last_act_id is None:
        return
    row = f"{Motion._meta.db_table} {motion.pk}"
    try:
        signed = derived(*(_with_the_row(motion) or _asked(motion)))
    except (ValueError, KeyError, TypeError) as fault:
        raise RowAltered([integrity.altered_row(row, "last_act_id")]) from fault
    differing = [] if motion.is_editable or motion.payload == signed.payload else ["payload"]
    differing += [found.column for found in columns.differences(motion, signed.values)]
    if differing:
        raise RowAltered([integrity.altered_row(row, column) for column in differing])


def require_reported(motion: Motion) -> None:
    """As :func:`require`, and logs the fault. For readers: in a transaction that is rolled back the entry is lost."""
    try:
        require(motion)
    except RowAltered as fault:
        integrity.report(fault, motion.chain, {"motion": str(motion.pk)})
        raise


def derived(stating: Sequence[bytes], logged: Sequence[bytes]) -> Signed:
    """The content by the bytes of the stating acts and the log's bodies of all acts, each in their order.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` if they contradict each other.
    """
    entries = [json.loads(bytes(body)) for body in logged]
    digests = {entry["subject"]["act"]: entry["data"]["sha256"] for entry in entries}
    payload: dict[str, Any] = {}
    for content in stating:
        stated = json.loads(bytes(content))
        if digests[stated["act"]["id"]] != hashlib.sha256(content).hexdigest():
            raise _Unreadable("the log holds another digest of the act")
        payload = restated(payload, stated)
    return Signed(payload, columns.in_force(entry["data"] for entry in entries))


def restated(payload: Payload, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The content of the motion after one more act, by its bytes."""
    content = stated["payload"]
    if stated["act"]["type"] == ActType.MOTION:
        return dict(content)
    return {**payload, content["field"]: content["value"]}


def _with_the_row(motion: Motion) -> tuple[Sequence[bytes], Sequence[bytes]] | None:
    """The data loaded with the row; None without it, or if acts came later (as after waiting for the row's lock)."""
    found = motion.__dict__
    logged = found.get(_LOG)
    if not logged or json.loads(bytes(logged[-1]))["subject"]["act"] != str(motion.last_act_id):
        return None
    return found[_BYTES], logged


def _asked(motion: Motion) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """The acts up to the last one that this row knows."""
    last = Act.objects.filter(Q(pk=motion.last_act_id), motion=motion.pk).values("position")
    acts = Act.objects.filter(motion=motion.pk, position__lte=Subquery(last)).order_by("position")
    rows = list(acts.values_list("type", "act_json", "entry__body"))
    if not rows:
        raise _Unreadable("the motion's last act is not there")
    return [bytes(content) for kind, content, _body in rows if kind in STATING], [bytes(row[2]) for row in rows]
