"""Signing many prepared acts at once: each by ``acting.perform``, independently of the others."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from ecase.problems import Conflict, Problem, Refused
from workflows.motions.models import Act, PreparedAct
from workflows.motions.services import acting

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
    return [_performed(prepared_id, cms, author) for prepared_id, cms in signatures]


def _performed(prepared_id: uuid.UUID, cms: bytes, author: Post) -> Outcome:
    try:
        return Outcome(prepared_id, act=acting.perform(acting.prepared_for(author, prepared_id), cms, author))
    except PreparedAct.DoesNotExist:
        return Outcome(prepared_id, refusal=NotThere(Problem("not-found", NotThere.title)))
    except Conflict as conflict:
        done = Act.objects.select_related("motion").filter(pk=prepared_id, cms=cms).first()
        return Outcome(prepared_id, act=done) if done else Outcome(prepared_id, refusal=conflict)
    except Refused as refusal:
        return Outcome(prepared_id, refusal=refusal)


def acts_to_sign(author: Post) -> QuerySet[PreparedAct]:
    """The acts that ``author`` has prepared and can still sign, first to expire first; at most one batch."""
    waiting = PreparedAct.objects.filter(author=author, performed_at=None, pending=None, expires_at__gt=timezone.now())
    return waiting.select_related("motion__case", "motion__catalogue").order_by("expires_at", "pk")[:MOST]
