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
    whole = _chosen(term.by_choice, term.unit) if term.by_choice else _stated(term)
    facts = {"length": whole, "less": amount(term.less)}
    return pgettext(CONTEXT, "%(length)s, less %(less)s") % facts if term.less else whole


def _stated(term: schema.Term) -> str:
    return length(term.amount, term.unit) if term.amount is not None else ""


def _chosen(by: ByChoice, unit: Unit) -> str:
    several = sorted(set(by.amounts.values()))
    return ", ".join([*map(str, several[:-1]), *(length(last, unit) for last in several[-1:])])


def _term(rule: schema.Term) -> Iterator[Any]:
    yield pgettext(CONTEXT, "%(role)s: %(what)s") % {"role": word(rule.role), "what": rule.label}
    yield term_length(rule)
    if rule.extendable_to:
        yield pgettext(CONTEXT, "at most %(length)s") % {"length": amount(rule.extendable_to)}


def _field(rule: schema.Field) -> Iterator[Any]:
    yield rule.label
    yield pgettext(CONTEXT, "required") if rule.required else ""
    yield ", ".join(str(choice.label) for choice in rule.choices)


def _requirement(rule: schema.Requirement) -> Iterator[Any]:
    yield rule.label
    yield pgettext(CONTEXT, "required") if rule.required else ""


def _outcome(rule: schema.Outcome) -> Iterator[Any]:
    yield rule.label
    yield word(rule.output)
    yield pgettext(CONTEXT, "results inadmissible") if rule.inadmissible else ""


def _prosecutor(rule: schema.Prosecutor) -> Iterator[Any]:
    yield word(rule.role)
    yield pgettext(CONTEXT, "may return for completion") if rule.may_return else ""


def _attendee(rule: schema.Attendee) -> Iterator[Any]:
    yield rule.label
    yield word(rule.attendance)


def hearing(rule: schema.Hearing) -> str:
    """Whether the judge hears the parties."""
    return pgettext(CONTEXT, "none") if rule.mode == "none" else word(rule.mode)


def _hearing(rule: schema.Hearing) -> Iterator[Any]:
    yield hearing(rule)
    yield rule.absence or ""


def _step(rule: schema.Step) -> Iterator[Any]:
    yield pgettext(CONTEXT, "up to %(length)s") % {"length": amount(rule.total)} if rule.total else ""
    yield rule.moved_by
    yield rule.agreed_by or ""


def validity(rule: schema.Validity) -> str:
    """How long a sanction holds."""
    mode = "" if rule.mode == "none" else word(rule.mode)
    longest = pgettext(CONTEXT, "at most %(length)s") % {"length": amount(rule.longest)} if rule.longest else ""
    return ", ".join(part for part in (mode, longest) if part)


def _validity(rule: schema.Validity) -> Iterator[Any]:
    yield validity(rule) or ("" if rule.mark == "U" else pgettext(CONTEXT, "no term is stated"))
    yield rule.starts or ""
    if rule.warn_before:
        yield pgettext(CONTEXT, "warned %(length)s before the end") % {"length": amount(rule.warn_before)}


def _urgent(rule: schema.Urgent) -> Iterator[Any]:
    yield "" if rule.allowed else pgettext(CONTEXT, "not without a sanction")
    yield rule.conditions or ""
    yield (
        pgettext(CONTEXT, "to be told within %(length)s") % {"length": amount(rule.notify_within)}
        if rule.notify_within
        else ""
    )
    yield pgettext(CONTEXT, "at most %(length)s") % {"length": amount(rule.longest)} if rule.longest else ""


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


def _service(rule: schema.Service) -> Iterator[Any]:
    yield rule.label
    yield pgettext(CONTEXT, "at once") if rule.immediately else amount(rule.within)


def _secrecy(rule: schema.Secrecy) -> Iterator[Any]:
    yield word(rule.level)


def _route(rule: schema.SpecialRoute) -> Iterator[Any]:
    yield from (rule.who, rule.supported_by, rule.court)


def _repeat(rule: schema.Repeat) -> Iterator[Any]:
    yield pgettext(CONTEXT, "a further motion on the same person after a refusal states what is new")


def _relation(rule: schema.Relation) -> Iterator[Any]:
    yield word(rule.effect)
    yield ", ".join(rule.kinds)


def _event(rule: schema.Event) -> Iterator[Any]:
    yield pgettext(CONTEXT, "%(role)s: %(what)s") % {"role": ", ".join(map(word, rule.by)), "what": rule.label}


def _group_leader(rule: schema.GroupLeader) -> Iterator[Any]:
    yield pgettext(CONTEXT, "in a group its leader signs (%(role)s)") % {"role": word(rule.role)}


def _lifting(rule: schema.Lifting) -> Iterator[Any]:
    roles = ", ".join(map(word, rule.consent_for))
    yield pgettext(CONTEXT, "the prosecutor consents to a lifting by: %(roles)s") % {"roles": roles}


def _labelled(rule: Any) -> Iterable[Any]:
    return (rule.label,)


_SAYINGS: dict[type[Rule], Callable[[Any], Iterable[Any]]] = {
    schema.Kind: lambda rule: (rule.summary,),
    schema.Field: _field,
    schema.Check: lambda rule: (rule.message,),
    schema.Requirement: _requirement,
    schema.Norm: lambda rule: (rule.text,),
    schema.Term: _term,
    schema.Outcome: _outcome,
    schema.Prosecutor: _prosecutor,
    schema.Approver: _labelled,
    schema.Attendee: _attendee,
    schema.Hearing: _hearing,
    schema.Step: _step,
    schema.Validity: _validity,
    schema.Urgent: _urgent,
    schema.AppealOutcome: lambda rule: (rule.label, word(rule.effect)),
    schema.Appeal: _appeal,
    schema.Service: _service,
    schema.Secrecy: _secrecy,
    schema.SpecialRoute: _route,
    schema.Repeat: _repeat,
    schema.Relation: _relation,
    schema.GroupLeader: _group_leader,
    schema.Lifting: _lifting,
    schema.Event: _event,
}
