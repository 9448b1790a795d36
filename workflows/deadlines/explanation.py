"""How a deadline was counted, told in whole sentences of the reader's language."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.deadlines.models import Deadline

INSTANT, DAY = "d.m.Y H:i", "d.m.Y"
Data = dict[str, Any]


def explain(deadline: Deadline, language: str = "") -> list[str]:
    """One sentence for each step of the count, then the rule it rests on; in ``language`` or the active one."""
    with translation.override(language or translation.get_language() or "kk"):
        told = [_SENTENCES[one["step"]](one) for one in deadline.computed["steps"]]
        return [*told, _("Rule: %(article)s.") % {"article": deadline.article}]


def _instant(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), INSTANT)


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), DAY)


def _when(text: str) -> str:
    return _instant(text) if "T" in text else _day(text)


def _counted_from(step: Data) -> str:
    return _("Counted from %(at)s, which is included.") % {"at": _when(step["at"])}


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
    amount, day = step["amount"], _day(step["day"])
    if step["unit"] == "days":
        told = ngettext(
            "The term of %(amount)d day ends at 24:00 on %(day)s.",
            "The term of %(amount)d days ends at 24:00 on %(day)s.",
            amount,
        )
    else:
        told = ngettext(
            "The term of %(amount)d month ends at 24:00 on %(day)s.",
            "The term of %(amount)d months ends at 24:00 on %(day)s.",
            amount,
        )
    return told % {"amount": amount, "day": day}


def _clamped(step: Data) -> str:
    return _("That month has no such date; its last day, %(day)s, counts.") % {"day": _day(step["day"])}


def _rolled(step: Data) -> str:
    told = _("%(day)s is a day off, so the term ends at 24:00 on the next working day, %(to)s.")
    return told % {"day": _day(step["day"]), "to": _day(step["to"])}


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


def _immediately(step: Data) -> str:
    return _("This is due immediately, from %(at)s on.") % {"at": _instant(step["at"])}


_EARLIER: dict[str, Callable[[int], str]] = {
    "minutes": _minutes_earlier,
    "hours": _hours_earlier,
    "days": _days_earlier,
    "months": _months_earlier,
}
_SENTENCES: dict[str, Callable[[Data], str]] = {
    "counted_from": _counted_from,
    "skipped": _skipped,
    "added": _added,
    "last_day": _last_day,
    "clamped": _clamped,
    "rolled": _rolled,
    "calendar_unknown": _calendar_unknown,
    "earlier": _earlier,
    "immediately": _immediately,
}
