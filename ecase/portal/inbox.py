"""The notices of a post, grouped by motion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    "message.given_up": _("Messages to a receiver were given up"),
}
# An escalation asks a superior to intervene, a reminder is for the officer who must act.
ESCALATION, REMINDER, NEWS = "escalation", "reminder", "news"
_TONES = {
    "deadline.escalated": ESCALATION,
    "deadline.missed": ESCALATION,
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
    """One notice in words. ``tone`` is ``escalation``, ``reminder`` or ``news``; ``until`` is its deadline."""

    notice: Notice
    headline: Any
    tone: str
    until: Any
    is_unread: bool


@dataclass(frozen=True)
class Group:
    """The notices of one motion, the newest first."""

    lines: list[Line]

    @property
    def first(self) -> Notice:
        return self.lines[0].notice

    @property
    def kind(self) -> str:
        """The kind of the motion; empty for a notice without one."""
        named = (str(line.notice.payload.get("kind", "")) for line in self.lines)
        return next(filter(None, named), "")

    @property
    def is_new(self) -> bool:
        """Whether any of them is unread."""
        return any(line.is_unread for line in self.lines)

    @property
    def is_escalated(self) -> bool:
        """Whether any unread one is an escalation."""
        return any(line.tone == ESCALATION and line.is_unread for line in self.lines)


def headline(topic: str) -> Any:
    """The headline of a notice."""
    room, _dot, act_type = topic.partition(".")
    if room == "motion" and act_type in SPECS:
        return SPECS[ActType(act_type)].headline
    return HEADLINES.get(topic, _("News of a motion"))


def group_notices(notices: Iterable[Notice]) -> list[Group]:
    """Notices grouped by motion, in the order of the newest of each; escalations come first."""
    found: dict[str, list[Line]] = {}
    for notice in notices:
        until = parse_optional_instant(notice.payload.get("due_at") or notice.payload.get("valid_until"))
        is_unread = getattr(notice, "read_at", None) is None
        line = Line(notice, headline(notice.topic), _TONES.get(notice.topic, NEWS), until, is_unread)
        found.setdefault(notice.key, []).append(line)
    groups = [Group(lines) for lines in found.values()]
    return sorted(groups, key=lambda group: not group.is_escalated)
