"""The notices of a post, grouped by motion; what was sent of it at one moment is one line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ecase.instants import parse_optional_instant
from ecase.outbox.models import Notice
from workflows.motions.acts.registry import SPECS
from workflows.motions.states import ActType

HEADLINES: Mapping[str, str | Promise] = {
    "deadline.reminder": _("A deadline is near"),
    "deadline.missed": _("A deadline has been missed"),
    "deadline.escalated": _("A deadline of somebody you answer for"),
    "deadline.recomputed": _("A deadline has been counted anew"),
    "sanction.ending": _("A sanction is about to end"),
    "duty.called": _("You were called: you are on duty for this motion"),
    "duty.exhausted": _("Nobody on duty has answered: find somebody for this motion"),
    "copy.overdue": _("A copy has not been received yet"),
    "signature.undecided": _("A signature waits to be verified"),
    "signature.accepted": _("A signature that waited has been accepted"),
    "signature.refused": _("A signature that waited has been refused"),
    "measure.lapsed": _("A measure without a sanction has lapsed"),
    "message.given_up": _("Messages to a receiver were given up"),
}
# An escalation asks a superior to intervene, a reminder is for the officer who must act.
ESCALATION, REMINDER, NEWS = GRAVITY = ("escalation", "reminder", "news")
# Notices of one event are written within seconds of each other.
ONE_MOMENT = timedelta(seconds=20)
_TONES = {
    "deadline.escalated": ESCALATION,
    "deadline.missed": ESCALATION,
    "measure.lapsed": ESCALATION,
    "duty.called": ESCALATION,
    "duty.exhausted": ESCALATION,
    "signature.undecided": ESCALATION,
    "signature.refused": ESCALATION,
    "message.given_up": ESCALATION,
    "sanction.ending": ESCALATION,
    "deadline.reminder": REMINDER,
    "deadline.recomputed": REMINDER,
    "copy.overdue": REMINDER,
}


@dataclass(frozen=True)
class Line:
    """The notices of one motion and moment in words, the gravest first.

    ``tone`` is that of the gravest: ``escalation``, ``reminder`` or ``news``; ``until`` is a deadline.
    """

    notices: list[Notice]
    headlines: list[Any]
    tone: str
    until: Any
    is_unread: bool


@dataclass(frozen=True)
class Group:
    """The notices of one motion, the newest first. ``motion`` (its id) and ``kind`` are empty for notices without one.

    ``is_new``: any is unread; ``is_escalated``: an unread one is an escalation.
    """

    lines: list[Line]
    first: Notice
    motion: str
    kind: str
    is_new: bool
    is_escalated: bool


def headline(topic: str) -> Any:
    """The headline of a notice."""
    room, _dot, act_type = topic.partition(".")
    if room == "motion" and act_type in SPECS:
        return SPECS[ActType(act_type)].headline
    return HEADLINES.get(topic, _("News of a motion"))


def group_notices(notices: Iterable[Notice]) -> list[Group]:
    """Notices grouped by motion, in the order of the newest of each; escalations come first."""
    found: dict[str, list[list[Notice]]] = {}
    for notice in notices:
        moments = found.setdefault(notice.key, [])
        if moments and moments[-1][-1].created_at - notice.created_at < ONE_MOMENT:
            moments[-1].append(notice)
        else:
            moments.append([notice])
    groups = [_group(moments) for moments in found.values()]
    return sorted(groups, key=lambda group: not group.is_escalated)


def _group(moments: list[list[Notice]]) -> Group:
    lines, first = [_line(moment) for moment in moments], moments[0][0]
    kinds = (str(notice.payload.get("kind", "")) for moment in moments for notice in moment)
    return Group(
        lines=lines,
        first=first,
        motion=str(first.payload.get("motion") or ""),
        kind=next(filter(None, kinds), ""),
        is_new=any(line.is_unread for line in lines),
        is_escalated=any(line.tone == ESCALATION and line.is_unread for line in lines),
    )


def _line(notices: list[Notice]) -> Line:
    """What was sent at one moment, in words."""
    gravest = sorted(notices, key=lambda notice: GRAVITY.index(_TONES.get(notice.topic, NEWS)))
    terms = (notice.payload.get("due_at") or notice.payload.get("valid_until") for notice in gravest)
    headlines = list(dict.fromkeys(headline(notice.topic) for notice in gravest))
    is_unread = any(getattr(notice, "read_at", None) is None for notice in notices)
    until = parse_optional_instant(next(filter(None, terms), None))
    return Line(notices, headlines, _TONES.get(gravest[0].topic, NEWS), until, is_unread)
