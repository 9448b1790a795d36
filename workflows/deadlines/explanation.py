"""Explains how a deadline was counted, in whole sentences of the reader's language.

In this order: the event and its instant; the start, the length, what was not counted, whether the end was moved or why
not; the rule; and, for a deadline that was recounted or is void, why and what it said before.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecase.instants import parse_instant
from workflows.deadlines.counting import FIELD
from workflows.deadlines.models import Deadline, State, Voided
from workflows.statute.schema import EVENT_PREFIX

INSTANT, DAY = "d.m.Y H:i", "d.m.Y"
Data = dict[str, Any]


def explain(deadline: Deadline, language: str = "") -> list[str]:
    """The explanation as sentences, in ``language`` or the active one."""
    with translation.override(language or translation.get_language() or "kk"):
        return list(_told(deadline))


def _told(deadline: Deadline) -> Iterator[str]:
    if deadline.event:
        facts = {"event": _event(deadline), "at": date_format(timezone.localtime(deadline.started_at), INSTANT)}
        yield _("The event: %(event)s, %(at)s.") % facts
    for step in deadline.computed["steps"]:
        yield _SENTENCES[step["step"]](step)
    yield _("Rule: %(article)s.") % {"article": deadline.article}
    if anew := deadline.computed.get("recomputed"):
        yield from _recomputed(anew)
    if deadline.state == State.VOID and deadline.voided_because and deadline.voided_at:
        at = date_format(timezone.localtime(deadline.voided_at), INSTANT)
        yield _VOID[Voided(deadline.voided_because)]() % {"at": at}


def _event(deadline: Deadline) -> str:
    """The catalogue's words for a field or an event on record; the act's name for an act."""
    if deadline.event.startswith(EVENT_PREFIX):
        return str(deadline.motion.kind_entry.event(deadline.event.removeprefix(EVENT_PREFIX)).label)
    if deadline.event.startswith(FIELD):
        field = deadline.motion.kind_entry.form.field(deadline.event.removeprefix(FIELD))
        return str(field.label) if field else deadline.event
    acts: dict[str, str] = dict(deadline.motion.acts.model._meta.get_field("type").flatchoices)
    return str(acts.get(deadline.event, deadline.event))


def _recomputed(anew: Data) -> Iterator[str]:
    facts: dict[str, str] = {key: _instant(anew[key]) for key in ("on", "from", "to", "was_due") if key in anew}
    facts["reason"] = anew["reason"].rstrip(".")
    yield _RECOMPUTED[anew["because"]]() % facts
    if anew.get("was") == State.MET:
        yield _("By the old count it had been met.")
    elif anew.get("was") == State.MISSED:
        yield _("By the old count it had been missed.")


_RECOMPUTED: dict[str, Callable[[], str]] = {
    "event": lambda: _(
        "Counted anew on %(on)s because the event was corrected from %(from)s to %(to)s: %(reason)s. "
        "Before that the end was %(was_due)s."
    ),
    "length": lambda: _(
        "Counted anew on %(on)s because the answer that sets its length was corrected: %(reason)s. "
        "Before that the end was %(was_due)s."
    ),
    "calendar": lambda: _(
        "Counted anew on %(on)s because the calendar of days off has changed. Before that the end was %(was_due)s."
    ),
    "extended": lambda: _("Extended on %(on)s, as the law allows for this step. Before that the end was %(was_due)s."),
    "begun": lambda: _("It runs since the motion was corrected on %(on)s: %(reason)s."),
}
_VOID: dict[Voided, Callable[[], str]] = {
    Voided.RESTARTED: lambda: _("Void since %(at)s: the term began anew."),
    Voided.ENDED: lambda: _("Void since %(at)s: nothing is awaited any more."),
    Voided.CORRECTED: lambda: _("Void since %(at)s: what it was counted from was corrected."),
    Voided.CALENDAR: lambda: _("Void since %(at)s: the calendar of days off has changed."),
    Voided.EXTENDED: lambda: _("Void since %(at)s: it was extended."),
}


def _instant(text: str) -> str:
    return date_format(timezone.localtime(parse_instant(text)), INSTANT)


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), DAY)


def _when(text: str) -> str:
    return _instant(text) if "T" in text else _day(text)


def _counted_from(step: Data) -> str:
    return _("Counted from %(at)s, which is included; nothing is left out.") % {"at": _when(step["at"])}


def _skipped(step: Data) -> str:
    if step["unit"] == "days":
        return _("The day of the event, %(at)s, is not counted.") % {"at": _day(step["at"])}
    if step["unit"] == "hours":
        return _("The hour of the event is not counted; the term starts at %(at)s.") % {"at": _instant(step["at"])}
    return _("The minute of the event is not counted; the term starts at %(at)s.") % {"at": _instant(step["at"])}


def _added(step: Data) -> str:
    amount, at = step["amount"], _instant(step["at"])
    if step["unit"] == "hours":
        told = ngettext(
            "The term of %(amount)d hour ends at %(at)s; nights and days off count.",
            "The term of %(amount)d hours ends at %(at)s; nights and days off count.",
            amount,
        )
    else:
        told = ngettext(
            "The term of %(amount)d minute ends at %(at)s.", "The term of %(amount)d minutes ends at %(at)s.", amount
        )
    return told % {"amount": amount, "at": at}


def _last_day(step: Data) -> str:
    amount = step["amount"]
    return _LAST_DAY[step["unit"]](amount) % {"amount": amount, "day": _day(step["day"])}


def _in_days(amount: int) -> str:
    return ngettext(
        "The term of %(amount)d day ends at 24:00 on %(day)s.",
        "The term of %(amount)d days ends at 24:00 on %(day)s.",
        amount,
    )


def _in_months(amount: int) -> str:
    return ngettext(
        "The term of %(amount)d month ends at 24:00 on %(day)s.",
        "The term of %(amount)d months ends at 24:00 on %(day)s.",
        amount,
    )


def _in_years(amount: int) -> str:
    return ngettext(
        "The term of %(amount)d year ends at 24:00 on %(day)s.",
        "The term of %(amount)d years ends at 24:00 on %(day)s.",
        amount,
    )


def _clamped(step: Data) -> str:
    return _("That month has no such date; its last day, %(day)s, counts.") % {"day": _day(step["day"])}


def _rolled(step: Data) -> str:
    first, to = date.fromisoformat(step["day"]), date.fromisoformat(step["to"])
    passed = [first + timedelta(days=number) for number in range((to - first).days)]
    told = ngettext(
        "%(days)s is a day off, so the term ends at 24:00 on the next working day, %(to)s.",
        "%(days)s are days off, so the term ends at 24:00 on the next working day, %(to)s.",
        len(passed),
    )
    return told % {"days": ", ".join(date_format(day, DAY) for day in passed), "to": _day(step["to"])}


def _not_rolled(step: Data) -> str:
    return _NOT_ROLLED[step["because"]]()


def _calendar_unknown(step: Data) -> str:
    told = _("There is no calendar of days off for %(day)s, so the term was not moved past it.")
    return told % {"day": _day(step["day"])}


def _earlier(step: Data) -> str:
    amount, at = step["amount"], _instant(step["at"])
    return _EARLIER[step["unit"]](amount) % {"amount": amount, "at": at}


def _minutes_earlier(amount: int) -> str:
    return ngettext(
        "This is due %(amount)d minute before that end, at %(at)s.",
        "This is due %(amount)d minutes before that end, at %(at)s.",
        amount,
    )


def _hours_earlier(amount: int) -> str:
    return ngettext(
        "This is due %(amount)d hour before that end, at %(at)s.",
        "This is due %(amount)d hours before that end, at %(at)s.",
        amount,
    )


def _days_earlier(amount: int) -> str:
    return ngettext(
        "This is due %(amount)d day before that end, at %(at)s.",
        "This is due %(amount)d days before that end, at %(at)s.",
        amount,
    )


def _months_earlier(amount: int) -> str:
    return ngettext(
        "This is due %(amount)d month before that end, at %(at)s.",
        "This is due %(amount)d months before that end, at %(at)s.",
        amount,
    )


def _years_earlier(amount: int) -> str:
    return ngettext(
        "This is due %(amount)d year before that end, at %(at)s.",
        "This is due %(amount)d years before that end, at %(at)s.",
        amount,
    )


def _immediately(step: Data) -> str:
    told = _("This is due immediately, from %(at)s on; the law names no length, so nothing is counted or moved.")
    return told % {"at": _instant(step["at"])}


def _stated(step: Data) -> str:
    return _("The term that this is counted back from ends at %(at)s, as stated.") % {"at": _instant(step["at"])}


_LAST_DAY: dict[str, Callable[[int], str]] = {"days": _in_days, "months": _in_months, "years": _in_years}
_NOT_ROLLED: dict[str, Callable[[], str]] = {
    "short_term": lambda: _("The end is not moved: a term in hours or minutes never is."),
    "rule": lambda: _("The end is not moved: by its rule this term ends on its last day, worked or not."),
    "working_day": lambda: _("The end is not moved: the last day is worked."),
}
_EARLIER: dict[str, Callable[[int], str]] = {
    "minutes": _minutes_earlier,
    "hours": _hours_earlier,
    "days": _days_earlier,
    "months": _months_earlier,
    "years": _years_earlier,
}
_SENTENCES: dict[str, Callable[[Data], str]] = {
    "counted_from": _counted_from,
    "skipped": _skipped,
    "added": _added,
    "last_day": _last_day,
    "clamped": _clamped,
    "rolled": _rolled,
    "not_rolled": _not_rolled,
    "calendar_unknown": _calendar_unknown,
    "earlier": _earlier,
    "immediately": _immediately,
    "stated": _stated,
}
