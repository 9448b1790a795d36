"""In a group of investigators its leader signs some motions: who that is, and the sentence that says so."""

from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Case
from ecase.officers.models import Officer, Post
from ecase.problems import Problem
from workflows.statute.schema import Kind


def fault(case: Case, kind: Kind, author: Post) -> Problem | None:
    """Why ``author`` does not sign a motion of ``kind`` in ``case``: the group's leader does. ``None`` if he may."""
    rule = kind.group_leader
    leader = _leader(case) if rule is not None and author.role == rule.role else None
    if rule is None or leader is None or leader.pk == author.officer_id:
        return None
    message = _("In this case the leader of the investigation group signs such a motion: %(name)s (Art. %(article)s).")
    return Problem("leader-signs", message % {"name": leader.full_name, "article": rule.article}, "author")


def _leader(case: Case) -> Officer | None:
    member = case.team.filter(leads=True).select_related("officer").first()
    return member.officer if member else None
