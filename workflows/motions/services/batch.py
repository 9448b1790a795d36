"""Signing many prepared acts at once: each by ``acting.perform``, independently of the others."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from ecase.problems import Conflict, Problem, Refused
from workflows.motions.models import Act, PreparedAct
from workflows.motions.services import acting
from workflows.motions.states import DECISIONS

MOST = 100


class NotThere(Refused):
    """This post has no such prepared act."""

    slug, status, title = "not-found", 404, _("There is no such prepared act")


@dataclass(frozen=True)
class Outcome:
    """Result of one signature: the act, or the refusal (``Undecided``: it waits)."""

    id: uuid.UUID
    act: Act | None = None
    refusal: Refused | None = None


def perform_many(signatures: Iterable[tuple[uuid.UUID, bytes]], author: Post) -> list[Outcome]:
    """Perform prepared acts of ``author`` with their signatures, in the order given, each in its own transaction.

    Repeating the same signature of the same act gives the same outcome: an act is performed once.
    """
    outcomes = []
    for prepared_id, cms in signatures:
        act: Act | None = None
        refusal: Refused | None = None
        try:
            act = acting.perform(acting.prepared_for(author, prepared_id), cms, author)
        except PreparedAct.DoesNotExist:
            refusal = NotThere(Problem("not-found", NotThere.title))
        except Conflict as conflict:
            act = Act.objects.select_related("motion").filter(pk=prepared_id, cms=cms).first()
            refusal = None if act else conflict
        except Refused as refused:
            refusal = refused
        outcomes.append(Outcome(prepared_id, act, refusal))
    return outcomes


def acts_to_sign(author: Post) -> list[PreparedAct]:
    """The acts that ``author`` has prepared and can still sign, first to expire first; at most one batch.

    Of several that he has prepared for one step of a motion, the newest; none that the motion has moved on from.
    """
    waiting = PreparedAct.objects.filter(author=author, performed_at=None, pending=None, expires_at__gt=timezone.now())
    current = waiting.filter(motion_revision=F("motion__revision")).select_related("motion__case")
    newest = dict[tuple[uuid.UUID, bool, str], PreparedAct]()
    for prepared in current.prefetch_related("motion__case__persons").order_by("-created_at", "pk")[: MOST * 2]:
        is_decision = prepared.type in DECISIONS
        newest.setdefault((prepared.motion_id, is_decision, "" if is_decision else prepared.type), prepared)
    return sorted(newest.values(), key=lambda prepared: prepared.expires_at)[:MOST]
