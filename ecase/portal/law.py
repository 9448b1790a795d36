"""The legal rules of a kind in words: who agrees, how fast, heard or not, how long it holds, how it is appealed.

Every rule comes from the catalogue with its article. A rule that the catalogue leaves open (mark ``U``) is shown as
open.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.statute.schema import Amount, ByChoice, Kind, Rule, Term

UNKNOWN = gettext_lazy("not set in law, set by the court's order")
PROSECUTOR = {
    "consent": gettext_lazy("consents before the motion goes to court"),
    "notify_copy": gettext_lazy("is sent a copy; no consent is asked"),
    "author": gettext_lazy("files the motion himself"),
    "none": gettext_lazy("takes no part before the decision"),
}
HEARING = {
    "mandatory": gettext_lazy("the judge hears the parties"),
    "none": gettext_lazy("the judge decides without a hearing"),
    "optional": gettext_lazy("the judge may order a hearing"),
    "on_request": gettext_lazy("a hearing is held if a party asks for it"),
}
SECRECY = {
    "investigation": gettext_lazy("a secret of the investigation"),
    "closed": gettext_lazy("a closed hearing"),
    "covert": gettext_lazy("visible to persons named on the motion only"),
}


@dataclass(frozen=True)
class Said:
    """One rule: its subject, its content, and its article."""

    label: Any
    text: Any
    article: str
    is_unknown: bool = False


def length(amount: Amount) -> str:
    """A length of time in words, as "8 hours"."""
    return _LENGTHS[amount.unit](amount.amount) % {"number": amount.amount}


def describe_terms(kind: Kind) -> list[Said]:
    """The terms for filing and for deciding."""
    asked = (term for term in kind.terms if term.role == "judge" or "motion" in term.met_by)
    return [_said(str(term.label), _how_long(term), term) for term in asked]


def describe_kind(kind: Kind) -> list[Said]:
    """Every rule that the parties need before they act."""
    approver = kind.internal_approver
    appeal: Any = _("is not provided for")
    if kind.appeal.allowed:
        appeal = length(kind.appeal.term) if kind.appeal.term else UNKNOWN
    return [
        *([_said(_("Inside the body"), approver.label, approver)] if approver else []),
        _said(_("Prosecutor"), PROSECUTOR[kind.prosecutor.role], kind.prosecutor),
        *describe_terms(kind),
        _said(_("Hearing"), HEARING[kind.hearing.mode], kind.hearing),
        _said(_("Secrecy"), SECRECY[kind.secrecy.level], kind.secrecy),
        _said(_("How long it holds"), _validity(kind), kind.validity),
        _said(_("Appeal"), appeal, kind.appeal),
    ]


def _validity(kind: Kind) -> Any:
    rule = kind.validity
    if rule.mode == "until_lifted":
        return _("until it is lifted")
    if rule.longest:
        return _("at most %(length)s") % {"length": length(rule.longest)}
    return _("for the term that the decision states") if rule.ends_field else _("the law names no term")


def _said(label: str, text: Any, rule: Rule) -> Said:
    """A rule in words; if the catalogue leaves it open, only that."""
    unknown = rule.mark == "U"
    return Said(label, UNKNOWN if unknown else text, "" if unknown else rule.article, unknown)


def _how_long(term: Term) -> Any:
    if term.immediately:
        return _("at once")
    by_choice = None if term.amount is not None else term.by_choice
    amount = None if term.amount is None else Amount(amount=term.amount, unit=term.unit)
    # Less: how much earlier than its own end the term is due.
    whole, less = _either(term, amount, by_choice), _either(term, term.less, term.less_by)
    if term.amount == 0 and less:
        return _("%(less)s before the end") % {"less": less}
    if whole and less:
        return _("%(less)s before the end of %(length)s") % {"less": less, "length": whole}
    return whole or UNKNOWN


def _either(term: Term, amount: Amount | None, by_choice: ByChoice | None) -> str:
    """The lengths among which an answer of the motion chooses; else the one length; empty if there is none."""
    if by_choice:
        amounts = sorted(set(by_choice.amounts.values()))
        return " / ".join(length(Amount(amount=number, unit=term.unit)) for number in amounts)
    return length(amount) if amount else ""


_LENGTHS = {
    "minutes": lambda number: ngettext("%(number)d minute", "%(number)d minutes", number),
    "hours": lambda number: ngettext("%(number)d hour", "%(number)d hours", number),
    "days": lambda number: ngettext("%(number)d day", "%(number)d days", number),
    "months": lambda number: ngettext("%(number)d month", "%(number)d months", number),
    "years": lambda number: ngettext("%(number)d year", "%(number)d years", number),
}
