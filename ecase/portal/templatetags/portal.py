"""Template tags and filters of the portal: states as tags, time left in words, readable digests."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecase.officers.models import Post
from ecase.portal.law import UNKNOWN
from ecase.portal.next_steps import next_steps
from ecase.portal.queues import Wishes
from workflows.motions.exports.motion_pdf import group_digest
from workflows.motions.models import Motion
from workflows.motions.persons import main_person
from workflows.motions.states import State
from workflows.papers.wording import words

register = template.Library()
register.filter("waits_for", next_steps)
HOUR = 3600

COLOURS: dict[str, str] = {
    State.DRAFT: "grey",
    State.AWAITING_APPROVAL: "blue",
    State.RETURNED: "amber",
    State.SUBMITTED: "blue",
    State.AGREED: "blue",
    State.REGISTERED: "blue",
    State.TRANSFERRED: "blue",
    State.ASSIGNED: "violet",
    State.HEARING: "violet",
    State.DECIDED: "teal",
    State.DELIVERED: "teal",
    State.EXECUTED: "green",
    State.LIFTING_ASKED: "amber",
    State.CLOSED: "green",
    State.REFUSED_BY_PROSECUTOR: "red",
    State.WITHDRAWN: "grey",
    State.LIFTED: "grey",
    State.REPLACED: "grey",
    State.CANCELLED: "red",
    State.EXPIRED: "red",
}

PARTS: Mapping[str, Any] = {
    "reasoning": gettext_lazy("Reasoning"),
    "introduction": gettext_lazy("Introduction, for comparison"),
    "description": gettext_lazy("Facts, for comparison"),
    "operative": gettext_lazy("Operative part, for comparison"),
}
INDICATIONS: Mapping[str, Any] = {
    "TOTAL_PASSED": gettext_lazy("valid"),
    "TOTAL_FAILED": gettext_lazy("not valid"),
    "INDETERMINATE": gettext_lazy("could not be determined"),
}


# Filters and tags of a single expression. The colour of a state's tag, in addition to its words.
register.filter("colour", lambda state: COLOURS.get(state, "grey"))
# The entry of a mapping under a key that a template cannot write.
register.filter("at", lambda grouped, key: (grouped or {}).get(key))
register.filter("groups", group_digest)
# The outcome of a decided motion, of the law under which it was filed; None before the decision.
register.filter("decided", lambda motion: motion.kind_entry.outcome(motion.outcome) if motion.outcome else None)
# An indication of EN 319 102-1 in words.
register.filter("indication", lambda name: INDICATIONS.get(name, name))
# Who did an act, in words; an act of the service has no officer.
register.filter("author", lambda act: act.author_in() if act.author_id else _("the service, by itself"))
# The source of a suggested paragraph.
register.filter("source", lambda of: _("standing wording") if of.get("kind") == "template" else of.get("label", ""))
# The article of a field or an attachment; nothing where the law asks for none.
register.inclusion_tag("portal/partials/article.html", name="article")(
    lambda rule: {"article": "" if rule.mark == "U" else rule.article}
)
# The sentence for rules on which the law is silent.
register.simple_tag(lambda: str(UNKNOWN), name="unknown")
# The query string of a list with some filters changed.
register.simple_tag(Wishes.query, name="link_to")
# The time zone of all instants on the pages: ``UTC+5``.
register.simple_tag(lambda: words("en").zone(timezone.now()), name="zone")


@register.filter
def subject(motion: Motion, post: Post) -> Any:
    """The person by whom a list names a motion for this post; asked of the database once."""
    known: dict[Any, Any] = motion.__dict__.setdefault("subjects_shown", {})
    if post.pk not in known:
        known[post.pk] = main_person(motion, post)
    return known[post.pk]


@register.filter
def parts(suggestion: Any) -> list[dict[str, Any]]:
    """The parts of an assistant's draft, first the reasoning, which a judge may take over."""
    found = [(key, [paragraph for paragraph in suggestion.paragraphs if paragraph["part"] == key]) for key in PARTS]
    return [
        {"label": PARTS[key], "is_reasoning": key == "reasoning", "paragraphs": paragraphs}
        for key, paragraphs in found
        if paragraphs
    ]


@register.inclusion_tag("portal/partials/due.html")
def due(until: datetime | None, now: datetime | None = None, at_once: bool = False) -> dict[str, Any]:
    """The time left until an instant, updated by the page's script; "at once" has no countdown."""
    if until is None or at_once:
        return {"until": None, "at_once": until is not None}
    left = (until - (now or timezone.now())).total_seconds()
    values = _split(abs(left))
    scale = "Days" if values["days"] else "Hours" if values["hours"] else "Minutes"
    in_words = str(time_words()[("over" if left < 0 else "left") + scale]).format(**values)
    return {"until": until, "words": in_words, "urgency": urgency(left)}


def urgency(left: float) -> str:
    """``overdue``, ``urgent`` (under an hour), ``soon`` (under four) or ``calm``; the same steps as countdown.js."""
    if left < 0:
        return "overdue"
    return "urgent" if left < HOUR else "soon" if left < 4 * HOUR else "calm"


def _split(seconds: float) -> dict[str, int]:
    minutes = int(seconds // 60)
    return {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}


@register.filter
def spent(length: timedelta) -> str:
    """A duration, in its two largest units."""
    values = _split(length.total_seconds())
    if values["days"]:
        return _("%(days)s d %(hours)s h") % values
    return (_("%(hours)s h %(minutes)s min") if values["hours"] else _("%(minutes)s min")) % values


@register.simple_tag
def time_words() -> dict[str, str]:
    """The phrases for time left and time over; the page's script uses the same."""
    return {
        "leftDays": _("{days} d {hours} h left"),
        "leftHours": _("{hours} h {minutes} min left"),
        "leftMinutes": _("{minutes} min left"),
        "overDays": _("{days} d {hours} h overdue"),
        "overHours": _("{hours} h {minutes} min overdue"),
        "overMinutes": _("{minutes} min overdue"),
    }
