"""Explains how a deadline was counted, in whole sentences of the reader's language.

In this order: the event and its instant; the start, the length, what was not counted, whether the end was moved or why
not; the rule; and, for a deadline that was recounted or is void, why and what it said before.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from ecase.instants import parse_instant
from workflows.deadlines.counting import FIELD
from workflows.deadlines.models import Deadline, State, Voided
from workflows.statute.schema import EVENT_PREFIX

INSTANT, DAY = "d.m.Y H:i", "d.m.Y"
Data = dict[str, Any]


def explain(deadline: Deadline, language: str = "") -> list[str]:
    """The explanation as sentences, in ``language`` or the active one."""
    with translation.override(language or translation.get_language() or "kk"):
        return list(_sentences(deadline))


def _sentences(deadline: Deadline) -> Iterator[str]:
    if deadline.event:
        facts = {"event": _event(deadline), "at": date_format(timezone.localtime(deadline.started_at), INSTANT)}
        yield _("The event: %(event)s, %(at)s.") % facts
    for step in deadline.computed["steps"]:
        yield _step(step)
    yield _("Rule: %(article)s.") % {"article": deadline.article}
    if recount := deadline.computed.get("recomputed"):
        yield from _recount(recount)
    if deadline.state == State.VOID and deadline.voided_because and deadline.voided_at:
        at = date_format(timezone.localtime(deadline.voided_at), INSTANT)
        yield str(_VOID[Voided(deadline.voided_because)]) % {"at": at}


def _event(deadline: Deadline) -> str:
    """The catalogue's words for a field or an event on record; the act's name for an act."""
    if deadline.event.startswith(EVENT_PREFIX):
        return str(deadline.motion.kind_entry.event(deadline.event.removeprefix(EVENT_PREFIX)).label)
    if deadline.event.startswith(FIELD):
        field = deadline.motion.kind_entry.form.field(deadline.event.removeprefix(FIELD))
        return str(field.label) if field else deadline.event
    acts: dict[str, str] = dict(deadline.motion.acts.model._meta.get_field("type").flatchoices)
    return str(acts.get(deadline.event, deadline.event))


def _recount(recount: Data) -> Iterator[str]:
    facts: Data = {key: _when(recount[key]) for key in ("on", "from", "to", "was_due") if key in recount}
    yield str(_RECOUNTED[recount["because"]]) % {**facts, "reason": recount["reason"].rstrip(".")}
    if recount.get("was") == State.MET:
        yield _("By the old count it had been met.")
    elif recount.get("was") == State.MISSED:
        yield _("By the old count it had been missed.")


def _step(step: Data) -> str:
    """A step of the count; its sentence depends on the unit, or the reason, if it has one."""
    facts: Data = {name: _when(step[name]) for name in ("at", "day", "to") if name in step}
    if step["step"] == "rolled":
        first, to = date.fromisoformat(step["day"]), date.fromisoformat(step["to"])
        passed = [first + timedelta(days=number) for number in range((to - first).days)]
        days = ", ".join(date_format(day, DAY) for day in passed)
        return str(_ROLLED % {**facts, "number": len(passed), "days": days})
    variant = step.get("because") or step.get("unit") or ""
    sentence = _STEPS[step["step"], variant if (step["step"], variant) in _STEPS else ""]
    return str(sentence % {**facts, "amount": step["amount"]}) if "amount" in step else str(sentence) % facts


def _when(text: str) -> str:
    """A day, or an instant, as the reader's language writes it."""
    if "T" in text:
        return date_format(timezone.localtime(parse_instant(text)), INSTANT)
    return date_format(date.fromisoformat(text), DAY)


_RECOUNTED: dict[str, Any] = {
    "event": gettext_lazy(
        "Counted anew on %(on)s because the event was corrected from %(from)s to %(to)s: %(reason)s. "
        "Before that the end was %(was_due)s."
    ),
    "length": gettext_lazy(
        "Counted anew on %(on)s because the answer that sets its length was corrected: %(reason)s. "
        "Before that the end was %(was_due)s."
    ),
    "calendar": gettext_lazy(
        "Counted anew on %(on)s because the calendar of days off has changed. Before that the end was %(was_due)s."
    ),
    "extended": gettext_lazy(
        "Extended on %(on)s, as the law allows for this step. Before that the end was %(was_due)s."
    ),
    "begun": gettext_lazy("It runs since the motion was corrected on %(on)s: %(reason)s."),
}
_VOID: dict[Voided, Any] = {
    Voided.RESTARTED: gettext_lazy("Void since %(at)s: the term began anew."),
    Voided.ENDED: gettext_lazy("Void since %(at)s: nothing is awaited any more."),
    Voided.CORRECTED: gettext_lazy("Void since %(at)s: what it was counted from was corrected."),
    Voided.CALENDAR: gettext_lazy("Void since %(at)s: the calendar of days off has changed."),
    Voided.EXTENDED: gettext_lazy("Void since %(at)s: it was extended."),
}
_ROLLED = ngettext_lazy(
    "%(days)s is a day off, so the term ends at 24:00 on the next working day, %(to)s.",
    "%(days)s are days off, so the term ends at 24:00 on the next working day, %(to)s.",
    "number",
)
# By step, and by unit or reason.
_STEPS: dict[tuple[str, str], Any] = {
    ("counted_from", ""): gettext_lazy("Counted from %(at)s, which is included; nothing is left out."),
    ("skipped", "days"): gettext_lazy("The day of the event, %(at)s, is not counted."),
    ("skipped", "hours"): gettext_lazy("The hour of the event is not counted; the term starts at %(at)s."),
    ("skipped", ""): gettext_lazy("The minute of the event is not counted; the term starts at %(at)s."),
    ("added", "hours"): ngettext_lazy(
        "The term of %(amount)d hour ends at %(at)s; nights and days off count.",
        "The term of %(amount)d hours ends at %(at)s; nights and days off count.",
        "amount",
    ),
    ("added", ""): ngettext_lazy(
        "The term of %(amount)d minute ends at %(at)s.",
        "The term of %(amount)d minutes ends at %(at)s.",
        "amount",
    ),
    ("last_day", "days"): ngettext_lazy(
        "The term of %(amount)d day ends at 24:00 on %(day)s.",
        "The term of %(amount)d days ends at 24:00 on %(day)s.",
        "amount",
    ),
    ("last_day", "months"): ngettext_lazy(
        "The term of %(amount)d month ends at 24:00 on %(day)s.",
        "The term of %(amount)d months ends at 24:00 on %(day)s.",
        "amount",
    ),
    ("last_day", "years"): ngettext_lazy(
        "The term of %(amount)d year ends at 24:00 on %(day)s.",
        "The term of %(amount)d years ends at 24:00 on %(day)s.",
        "amount",
    ),
    ("clamped", ""): gettext_lazy("That month has no such date; its last day, %(day)s, counts."),
    ("not_rolled", "short_term"): gettext_lazy("The end is not moved: a term in hours or minutes never is."),
    ("not_rolled", "rule"): gettext_lazy(
        "The end is not moved: by its rule this term ends on its last day, worked or not."
    ),
    ("not_rolled", "working_day"): gettext_lazy("The end is not moved: the last day is worked."),
    ("calendar_unknown", ""): gettext_lazy(
        "There is no calendar of days off for %(day)s, so the term was not moved past it."
    ),
    ("earlier", "minutes"): ngettext_lazy(
        "This is due %(amount)d minute before that end, at %(at)s.",
        "This is due %(amount)d minutes before that end, at %(at)s.",
        "amount",
    ),
    ("earlier", "hours"): ngettext_lazy(
        "This is due %(amount)d hour before that end, at %(at)s.",
        "This is due %(amount)d hours before that end, at %(at)s.",
        "amount",
    ),
    ("earlier", "days"): ngettext_lazy(
        "This is due %(amount)d day before that end, at %(at)s.",
        "This is due %(amount)d days before that end, at %(at)s.",
        "amount",
    ),
    ("earlier", "months"): ngettext_lazy(
        "This is due %(amount)d month before that end, at %(at)s.",
        "This is due %(amount)d months before that end, at %(at)s.",
        "amount",
    ),
    ("earlier", "years"): ngettext_lazy(
        "This is due %(amount)d year before that end, at %(at)s.",
        "This is due %(amount)d years before that end, at %(at)s.",
        "amount",
    ),
    ("immediately", ""): gettext_lazy(
        "This is due immediately, from %(at)s on; the law names no length, so nothing is counted or moved."
    ),
    ("stated", ""): gettext_lazy("The term that this is counted back from ends at %(at)s, as stated."),
}
