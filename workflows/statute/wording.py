"""The rules of the catalogue in words of the active language, for lawyers who read no YAML.

Translations have the context ``catalogue``, since such short words have other meanings elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import npgettext, pgettext, pgettext_lazy

from workflows.statute import schema
from workflows.statute.schema import Amount, ByChoice, Rule, Unit

CONTEXT = "catalogue"
UNKNOWN = pgettext_lazy(CONTEXT, "not set in law, set by the court's order")
_WORDS: dict[str, Any] = {
    "consent": pgettext_lazy(CONTEXT, "consents and files"),
    "notify_copy": pgettext_lazy(CONTEXT, "is sent a copy"),
    "author": pgettext_lazy(CONTEXT, "is the author"),
    "none": pgettext_lazy(CONTEXT, "has no part"),
    "mandatory": pgettext_lazy(CONTEXT, "obligatory"),
    "optional": pgettext_lazy(CONTEXT, "if the judge finds it needed"),
    "on_request": pgettext_lazy(CONTEXT, "at a party's request or if the judge finds it needed"),
    "must": pgettext_lazy(CONTEXT, "must attend"),
    "may": pgettext_lazy(CONTEXT, "may attend"),
    "fixed": pgettext_lazy(CONTEXT, "a fixed term"),
    "ladder": pgettext_lazy(CONTEXT, "extended step by step"),
    "until_lifted": pgettext_lazy(CONTEXT, "until lifted"),
    "investigation": pgettext_lazy(CONTEXT, "secrecy of the investigation"),
    "closed": pgettext_lazy(CONTEXT, "closed"),
    "covert": pgettext_lazy(CONTEXT, "covert: named persons only"),
    "protocol": pgettext_lazy(CONTEXT, "reasoned protocol"),
    "endorsement": pgettext_lazy(CONTEXT, "endorsement"),
    "extends": pgettext_lazy(CONTEXT, "extends the earlier sanction"),
    "ends": pgettext_lazy(CONTEXT, "ends the earlier sanction"),
    "replaces": pgettext_lazy(CONTEXT, "replaces the earlier sanction"),
    "stands": pgettext_lazy(CONTEXT, "the decision stands"),
    "changed": pgettext_lazy(CONTEXT, "the decision is changed"),
    "cancelled": pgettext_lazy(CONTEXT, "the decision is cancelled"),
    "investigator": pgettext_lazy(CONTEXT, "investigator"),
    "head_of_unit": pgettext_lazy(CONTEXT, "head of unit"),
    "prosecutor": pgettext_lazy(CONTEXT, "prosecutor"),
    "judge": pgettext_lazy(CONTEXT, "judge"),
    "court_chair": pgettext_lazy(CONTEXT, "chair of the court"),
    "clerk": pgettext_lazy(CONTEXT, "clerk"),
    "defender": pgettext_lazy(CONTEXT, "defender"),
}
_UNITS: dict[Unit, Callable[[int], str]] = {
    "minutes": lambda number: npgettext(CONTEXT, "%(number)s minute", "%(number)s minutes", number),
    "hours": lambda number: npgettext(CONTEXT, "%(number)s hour", "%(number)s hours", number),
    "days": lambda number: npgettext(CONTEXT, "%(number)s day", "%(number)s days", number),
    "months": lambda number: npgettext(CONTEXT, "%(number)s month", "%(number)s months", number),
}


def word(key: str) -> str:
    """The word for a key of the catalogue (a role, a mode, a form of act)."""
    return str(_WORDS.get(key, key))


def length(amount: int, unit: Unit) -> str:
    """A length of legal time in words."""
    return _UNITS[unit](amount) % {"number": amount}


def amount(rule: Amount | None) -> str:
    """A length in words; empty for None."""
    return length(rule.amount, rule.unit) if rule else ""


def says(rule: Rule) -> str:
    """The rule in one sentence; marks an unknown rule as such."""
    parts = [str(part) for part in _SAYINGS[type(rule)](rule) if str(part)]
    if rule.mark == "U":
        parts.append(str(UNKNOWN))
    return "; ".join(dict.fromkeys(parts))


# -- one function a rule: its parts, empty ones left out ------------------------------------------------------------


def term_length(term: schema.Term) -> str:
    """The length of a term, or how long before an instant it ends; empty if the law names no length."""
    if term.immediately:
        return pgettext(CONTEXT, "at once")
    if term.less_by or term.amount == 0:
        before = _chosen(term.less_by, term.unit) if term.less_by else amount(term.less)
        return pgettext(CONTEXT, "%(length)s before") % {"length": before}
    stated = length(term.amount, term.unit) if term.amount is not None else ""
    whole = _chosen(term.by_choice, term.unit) if term.by_choice else stated
    facts = {"length": whole, "less": amount(term.less)}
    return pgettext(CONTEXT, "%(length)s, less %(less)s") % facts if term.less else whole


def _chosen(by: ByChoice, unit: Unit) -> str:
    several = sorted(set(by.amounts.values()))
    return ", ".join([*map(str, several[:-1]), *(length(last, unit) for last in several[-1:])])


def _term(rule: schema.Term) -> Iterator[Any]:
    yield pgettext(CONTEXT, "%(role)s: %(what)s") % {"role": word(rule.role), "what": rule.label}
    yield term_length(rule)
    if rule.extendable_to:
        yield pgettext(CONTEXT, "at most %(length)s") % {"length": amount(rule.extendable_to)}


def hearing(rule: schema.Hearing) -> str:
    """Whether the judge hears the parties."""
    return pgettext(CONTEXT, "none") if rule.mode == "none" else word(rule.mode)


def _validity(rule: schema.Validity) -> Iterator[Any]:
    mode = "" if rule.mode == "none" else word(rule.mode)
    longest = pgettext(CONTEXT, "at most %(length)s") % {"length": amount(rule.longest)} if rule.longest else ""
    stated = ", ".join(part for part in (mode, longest) if part)
    yield stated or ("" if rule.mark == "U" else pgettext(CONTEXT, "no term is stated"))
    yield rule.starts or ""
    if rule.warn_before:
        yield pgettext(CONTEXT, "warned %(length)s before the end") % {"length": amount(rule.warn_before)}


def _urgent(rule: schema.Urgent) -> Iterator[Any]:
    yield "" if rule.allowed else pgettext(CONTEXT, "not without a sanction")
    yield rule.conditions or ""
    if rule.notify_within:
        yield pgettext(CONTEXT, "to be told within %(length)s") % {"length": amount(rule.notify_within)}
    if rule.longest:
        yield pgettext(CONTEXT, "at most %(length)s") % {"length": amount(rule.longest)}


def _appeal(rule: schema.Appeal) -> Iterator[Any]:
    if not rule.allowed:
        yield "" if rule.mark == "U" else pgettext(CONTEXT, "no appeal")
        return
    yield ", ".join(str(appellant.label) for appellant in rule.who)
    yield amount(rule.term)
    yield _SUSPENDS[rule.suspensive]
    yield rule.court or ""
    if rule.ruling:
        yield pgettext(CONTEXT, "decided within %(length)s") % {"length": term_length(rule.ruling)}


_SUSPENDS: dict[bool | None, Any] = {
    True: pgettext_lazy(CONTEXT, "suspends"),
    False: pgettext_lazy(CONTEXT, "does not suspend"),
    None: pgettext_lazy(CONTEXT, "whether it suspends is not known"),
}


def suspends(rule: schema.Appeal) -> str:
    """Whether an appeal suspends the decision."""
    return str(_SUSPENDS[rule.suspensive])


# The parts of a rule's sentence; empty ones are left out.
_SAYINGS: dict[type[Rule], Callable[[Any], Iterable[Any]]] = {
    schema.Kind: lambda rule: (rule.summary,),
    schema.Field: lambda rule: (
        rule.label,
        pgettext(CONTEXT, "required") if rule.required else "",
        ", ".join(str(choice.label) for choice in rule.choices),
    ),
    schema.Check: lambda rule: (rule.message,),
    schema.Requirement: lambda rule: (rule.label, pgettext(CONTEXT, "required") if rule.required else ""),
    schema.Norm: lambda rule: (rule.text,),
    schema.Term: _term,
    schema.Outcome: lambda rule: (
        rule.label,
        word(rule.output),
        pgettext(CONTEXT, "results inadmissible") if rule.inadmissible else "",
    ),
    schema.Prosecutor: lambda rule: (
        word(rule.role),
        pgettext(CONTEXT, "may return for completion") if rule.may_return else "",
    ),
    schema.Approver: lambda rule: (rule.label,),
    schema.Attendee: lambda rule: (rule.label, word(rule.attendance)),
    schema.Hearing: lambda rule: (hearing(rule), rule.absence or ""),
    schema.Step: lambda rule: (
        pgettext(CONTEXT, "up to %(length)s") % {"length": amount(rule.total)} if rule.total else "",
        rule.moved_by,
        rule.agreed_by or "",
    ),
    schema.Validity: _validity,
    schema.Urgent: _urgent,
    schema.AppealOutcome: lambda rule: (rule.label, word(rule.effect)),
    schema.Appeal: _appeal,
    schema.Service: lambda rule: (
        rule.label,
        pgettext(CONTEXT, "at once") if rule.immediately else amount(rule.within),
    ),
    schema.Secrecy: lambda rule: (word(rule.level),),
    schema.SpecialRoute: lambda rule: (rule.who, rule.supported_by, rule.court),
    schema.Repeat: lambda _rule: (
        pgettext(CONTEXT, "a further motion on the same person after a refusal states what is new"),
    ),
    schema.Relation: lambda rule: (word(rule.effect), ", ".join(rule.kinds)),
    schema.GroupLeader: lambda rule: (
        pgettext(CONTEXT, "in a group its leader signs (%(role)s)") % {"role": word(rule.role)},
    ),
    schema.Lifting: lambda rule: (
        pgettext(CONTEXT, "the prosecutor consents to a lifting by: %(roles)s")
        % {"roles": ", ".join(map(word, rule.consent_for))},
    ),
    schema.MeasureType: lambda rule: (
        rule.name,
        pgettext(CONTEXT, "deprives of liberty: only an act ends it") if rule.deprives_of_liberty else "",
    ),
    schema.Event: lambda rule: (
        pgettext(CONTEXT, "%(role)s: %(what)s") % {"role": ", ".join(map(word, rule.by)), "what": rule.label},
    ),
}
