"""Which office consents, which court decides, who of a group signs: those of the case, or those that the law names."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from ecase.cases.models import Case
from ecase.officers.models import Organisation, Post
from ecase.problems import Problem
from workflows.motions.models import Motion
from workflows.motions.rules import kind_rules
from workflows.statute.schema import Kind


def consenting_office(motion: Motion) -> Organisation | None:
    """The office asked next; None if it is the one that supervises the case, or if there is none at that level."""
    levels = kind_rules.consent_levels(motion)
    return motion.prosecution.above(levels[motion.consents]) if motion.consents < len(levels) else None


def court(motion: Motion) -> Organisation:
    """The court that decides: the case's own, or the one for motions on persons with immunity."""
    if not kind_rules.takes_special_route(motion):
        return motion.court
    return Organisation.objects.filter(kind=Organisation.Kind.COURT, hears_immunity=True).first() or motion.court


def faults(motion: Motion) -> Iterator[Problem]:
    """Missing offices or courts on the motion's route."""
    for level in kind_rules.consent_levels(motion):
        if motion.prosecution.above(level) is None:
            words = Organisation.Level(level).label
            yield Problem(
                "no-office",
                _("No prosecutor's office of the level “%(level)s” stands above that of the case.") % {"level": words},
                f"payload.{motion.kind_entry.prosecutor.step_field}",
            )
    if kind_rules.takes_special_route(motion) and not court(motion).hears_immunity:
        yield Problem("no-court", _("No court is known that hears motions on persons with immunity."), "payload")


def leader_problem(case: Case, kind: Kind, author: Post) -> Problem | None:
    """Why ``author`` may not sign a motion of ``kind`` in ``case``: only the group's leader may. ``None`` if he may."""
    rule = kind.group_leader
    if rule is None or author.role != rule.role:
        return None
    leader = case.team.filter(leads=True).select_related("officer").first()
    if leader is None or leader.officer_id == author.officer_id:
        return None
    message = _("In this case the leader of the investigation group signs such a motion: %(name)s (Art. %(article)s).")
    return Problem("leader-signs", message % {"name": leader.officer.full_name, "article": rule.article}, "author")
