"""Who has opened the present materials of a motion, and what was added since an officer opened them."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from ecase.problems import Problem
from ecase.statements import HotQuery
from workflows.motions.models import Motion, Opening, OpeningQuerySet
from workflows.motions.states import BRING_MATERIALS, ActType


def openings_by(motion: Motion, post: Post) -> OpeningQuerySet:
    """The officer's openings of the materials in this role at any time, whatever was added since."""
    return Opening.objects.filter(motion=motion, officer=post.officer_id, role=post.role)


def has_opened(motion: Motion, post: Post) -> bool:
    """Whether the officer has opened the present materials in this role (the stored opening is the proof)."""
    return bool(_CURRENT.rows(post.role, motion=motion.pk, officer=post.officer_id))


def _current(role: str, *, motion: UUID, officer: UUID) -> "QuerySet[Opening, int]":
    opened = Opening.objects.filter(motion=motion, officer=officer, role=role).current()
    return opened.values_list("pk", flat=True)[:1]


_CURRENT: HotQuery[int] = HotQuery(_current)


def unread_problem(motion: Motion, post: Post) -> Problem:
    """Names what was added to the motion since the officer opened it; all of it if he never has."""
    opening = openings_by(motion, post).order_by("-position").first()
    if opening is None:
        return Problem("materials-not-opened", _("Open the materials of the motion before you act on it."))
    added = motion.acts.filter(type__in=BRING_MATERIALS, position__gt=opening.position).order_by("position")
    since = list(added.only("type", "version", "performed_at"))
    message = _("Since you opened the materials this has come: %(what)s. Open them before you act on the motion.")
    facts = [{"act": str(act.pk), "type": act.type, "version": act.version} for act in since]
    names = []
    for act in since:
        at = timezone.localtime(act.performed_at).strftime("%d.%m.%Y %H:%M")
        filed = gettext("version %(number)s, filed %(at)s") % {"number": act.version, "at": at}
        names.append(filed if act.type == ActType.MOTION else f"{ActType(act.type).label}, {at}")
    return Problem("materials-not-opened", message % {"what": "; ".join(names)}, params={"since": facts})
