"""Checks that the rules of a kind fit its forms, its outcomes and each other."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

from workflows.act_types import ActType
from workflows.statute.form_references import check_condition, check_form, keys_once
from workflows.statute.reading import Faults, Marked, by_key, entries, items, word
from workflows.statute.schema import EVENT_PREFIX, FIELD_PREFIX

ACTS = frozenset(ActType.values)
STARTING = frozenset({"instant", "date"})
FIGURES = ("amount", "by_choice", "longest", "term", "within", "notify_within")
ANNOUNCED = "announced_at"
# The field by which an act names its event.
EVENT_CHOICE = "event"
Fields = dict[Any, Marked]


@dataclass(frozen=True)
class Around:
    """What a kind may reference outside itself: groups, kinds and measures of the catalogue, appellants of the form."""

    groups: set[str]
    kinds: set[str]
    appellants: set[str]
    measures: set[str]


def check_kind(kind: Marked, around: Around, faults: Faults) -> None:
    """Add every fault of one kind."""
    form, outcomes, events = kind.child("form"), items(kind, "outcomes"), items(kind, "events")
    for part in (kind, *outcomes, *events):
        check_form(part.child("form"), faults)
    appeal = kind.child("appeal")
    ruling = appeal.child("ruling") if appeal is not None else None
    terms = [*items(kind, "terms"), *([ruling] if ruling is not None else [])]
    _names(kind, terms, around, faults)
    known = by_key(items(form, "fields"))
    _fields_named(kind, known, faults)
    for term in terms:
        _term(term, known, {f"{EVENT_PREFIX}{key}" for key in by_key(events)}, faults)
    _norms(items(kind, "norms"), known, faults)
    _events(events, known, faults)
    _paths(kind, known, faults)
    _prosecutor(kind, known, faults)
    _validity(kind.child("validity"), known, outcomes, faults)
    _announced(kind, outcomes, faults)
    _measures(kind, known, outcomes, around, faults)
    _appeal(appeal, around, faults)


def check_reminders(several: Marked, faults: Faults) -> None:
    """Reports values that are not fractions of a term."""
    for share in several.value if isinstance(several.value, list) else []:
        if not isinstance(share.value, float) or not 0 < share.value < 1:
            faults.at(share, f"{share.value!r} is not a fraction between 0 and 1")


def check_escalation(several: Marked, faults: Faults) -> None:
    """Reports values that are not positive fractions of a term; they may exceed 1."""
    for step in several.value if isinstance(several.value, list) else []:
        at = word(step, "at")
        if isinstance(at, (int, float)) and at <= 0:
            faults.at(step, f"{at!r} is not a fraction greater than 0")


# -- what is named ----------------------------------------------------------------------------------------------------


def _names(kind: Marked, terms: list[Marked], around: Around, faults: Faults) -> None:
    """Keys occur once, and the group, the kinds and the outcomes that the kind names exist."""
    appeal, ladder = kind.child("appeal"), items(kind.child("validity"), "ladder")
    parts = [items(kind, part) for part in ("attachments", "outcomes", "alternative_measures", "events")]
    for part in (*parts, terms, ladder, items(appeal, "outcomes")):
        keys_once(part, faults)
    group = kind.child("group")
    if group is not None and group.value not in around.groups:
        faults.at(group, f"there is no group {group.value!r} in the catalogue")
    for related in items(kind.child("relation"), "kinds"):
        if related.value not in around.kinds:
            faults.at(related, f"there is no kind {related.value!r}")
    rules = [rule for part in ("norms", "service", "terms", "events") for rule in items(kind, part)]
    named = [outcome for rule in rules for outcome in items(rule, "outcomes")]
    for outcome in (*named, *items(appeal, "decisions")):
        if outcome.value not in by_key(items(kind, "outcomes")):
            faults.at(outcome, f"there is no outcome {outcome.value!r}")


def _fields_named(kind: Marked, known: Fields, faults: Faults) -> None:
    """A kind names the subject of its motions: without it, nobody knows to whose counsel a motion is open."""
    subject, secrecy = kind.child("subject"), kind.child("secrecy")
    if subject is None and secrecy is not None and word(secrecy, "defence") in ("judge", "decision"):
        faults.at(secrecy, "what is open to the defence names its 'subject', the field of the person whom it is about")
    for name in (subject, kind.child("client")):
        _typed(name, known, ("person",), faults)
    repeat, route = kind.child("repeat"), kind.child("special_person_route")
    if repeat is not None:
        _typed(repeat.child("person_field"), known, ("person",), faults)
        _typed(repeat.child("field"), known, ("text", "long_text"), faults)
    if route is not None and not items(route, "when"):
        faults.at(route, "a special route says 'when' it is taken")
    attached = (attachment.child("required_if") for attachment in items(kind, "attachments"))
    for condition in (*items(route, "when"), *(condition for condition in attached if condition is not None)):
        check_condition(condition, known, faults)


def _typed(name: Marked | None, known: Fields, types: tuple[str, ...], faults: Faults) -> None:
    """Report ``name`` unless it is a field of one of these types; None is not reported."""
    if name is not None and word(known.get(name.value), "type") not in types:
        faults.at(name, f"{name.value!r} is not a field of type {' or '.join(map(repr, types))}")


def _norms(norms: list[Marked], known: Fields, faults: Faults) -> None:
    """A suggestion states an article once, and only where it applies."""
    for norm in norms:
        for condition in items(norm, "when"):
            check_condition(condition, known, faults)
        if any(sign.isalpha() for sign in str(word(norm, "article"))) != (norm.child("cited") is not None):
            faults.at(norm, "a norm that is no article of the Code says how it is 'cited', an article does not")
    for first, second in combinations(norms, 2):
        shared = set(str(word(first, "article")).split(", ")) & set(str(word(second, "article")).split(", "))
        if shared and not _is_apart(first, second):
            faults.at(second, f"{min(shared)!r} stands in two norms that may apply together: write one, or cite parts")


def _is_apart(first: Marked, second: Marked) -> bool:
    """Whether no decision is based on both norms: other outcomes, or other values of one field."""
    outcomes, other = ({outcome.value for outcome in items(norm, "outcomes")} for norm in (first, second))
    values, against = (
        {word(each, "field"): word(each, "value") for each in items(norm, "when") if word(each, "op") == "eq"}
        for norm in (first, second)
    )
    is_elsewhere = bool(outcomes and other) and outcomes.isdisjoint(other)
    return is_elsewhere or any(key in against and value != against[key] for key, value in values.items())


# -- terms ------------------------------------------------------------------------------------------------------------


def _term(term: Marked, known: Fields, events: set[str], faults: Faults) -> None:
    _length(term, faults)
    for start in items(term, "starts_on"):
        _start(start, known, events, faults)
    for act_or_event in items(term, "met_by"):
        if act_or_event.value not in ACTS | events:
            faults.at(act_or_event, f"{act_or_event.value!r} is neither an act nor an event of the kind")
    for act in items(term, "extended_by"):
        if act.value not in ACTS:
            faults.at(act, f"{act.value!r} is no act")
    for condition in items(term, "applies_when"):
        check_condition(condition, known, faults)
    for part in ("by_choice", "less_by"):
        _by_choice(term, term.child(part), known, faults)
    check_reminders(term.child("remind") or Marked([], term.place), faults)
    check_escalation(term.child("escalate") or Marked([], term.place), faults)


def _length(term: Marked, faults: Faults) -> None:
    given = [name for name in ("amount", "by_choice") if term.child(name) is not None]
    if word(term, "immediately") is True:
        given.append("immediately")
    if len(given) != 1 and word(term, "mark") != "U":
        faults.at(term, "a term has exactly one of 'amount', 'by_choice', 'immediately: true'")
    if word(term, "amount") == 0 and term.child("less") is None and term.child("less_by") is None:
        faults.at(term, "an 'amount' of 0 goes with 'less' or 'less_by'")
    if (term.child("extendable_to") is None) != (not items(term, "extended_by")):
        faults.at(term, "'extendable_to' and 'extended_by' go together")


def _start(start: Marked, known: Fields, events: set[str], faults: Faults) -> None:
    name = str(start.value)
    if not name.startswith(FIELD_PREFIX):
        if name not in ACTS | events:
            faults.at(start, f"{name!r} is neither an act nor an event of the kind nor '{FIELD_PREFIX}<key>'")
    elif word(known.get(name.removeprefix(FIELD_PREFIX)), "type") not in STARTING:
        faults.at(start, f"{name!r} is not an instant or a date of the motion's form")


def _by_choice(term: Marked, by: Marked | None, known: Fields, faults: Faults) -> None:
    """Every choice for which the term applies has its amount."""
    if by is None:
        return
    name = word(by, "field")
    field = known.get(name)
    if word(field, "type") != "choice":
        faults.at(by, f"{name!r} is not a field of type 'choice'")
        return
    choices = set(by_key(items(field, "choices")))
    for condition in items(term, "applies_when"):
        value = condition.child("value")
        if word(condition, "field") == name and word(condition, "op") == "in" and value is not None:
            choices &= {choice.value for choice in value.value}
    if {key for key, _amount in entries(by.child("amounts"))} != choices:
        faults.at(by, f"the amounts do not match the choices of {name!r} for which the term applies")


# -- the way of a motion ----------------------------------------------------------------------------------------------


def _events(events: list[Marked], known: Fields, faults: Faults) -> None:
    """A key of a field occurs once: one form shows the fields of every event that is open."""
    for event in events:
        for condition in items(event, "applies_when"):
            check_condition(condition, known, faults)
        after = event.child("after")
        if after is not None and after.value not in by_key(events).keys() - {word(event, "key")}:
            faults.at(after, f"there is no other event {after.value!r}")
    seen = {EVENT_CHOICE}
    for field in (field for event in events for field in items(event.child("form"), "fields")):
        key = word(field, "key")
        if key in seen:
            faults.at(field, f"the key {key!r} is used twice among the events of the kind")
        seen.add(key)
    _roles_of_events(events, faults)


def _roles_of_events(events: list[Marked], faults: Faults) -> None:
    """Open events have the same roles: an officer who may record one of them is shown all.

    Two events are never open together if one comes only after the other, which is not repeated.
    """
    for first, second in combinations(events, 2):
        in_turn = any(
            word(later, "after") == word(earlier, "key") and not word(earlier, "repeated")
            for later, earlier in ((first, second), (second, first))
        )
        by, other = ({role.value for role in items(event, "by")} for event in (first, second))
        if word(first, "when") == word(second, "when") and not in_turn and by != other:
            faults.at(second, "events that may be open together have the same 'by'")


def _paths(kind: Marked, known: Fields, faults: Faults) -> None:
    """The urgent path exists if and only if it is allowed and the motion can state that it was taken."""
    urgent = kind.child("urgent")
    field = urgent.child("field") if urgent is not None else None
    _typed(field, known, ("boolean",), faults)
    if field is not None and word(urgent, "allowed") is not True:
        faults.at(field, "'field' is given though nothing may be done first")
    checking = [outcome for outcome in items(kind, "outcomes") if word(outcome, "path") == "urgent"]
    if urgent is not None and bool(checking) != (field is not None):
        faults.at(urgent, "outcomes of path 'urgent' and the 'field' of the urgent step go together")
    for outcome in items(kind, "outcomes"):
        if word(outcome, "inadmissible") is True and (outcome not in checking or word(outcome, "grants") is not False):
            faults.at(outcome, "'inadmissible' goes with a refusal on the path 'urgent'")


def _prosecutor(kind: Marked, known: Fields, faults: Faults) -> None:
    ladder = items(kind.child("validity"), "ladder")
    prosecutor = kind.child("prosecutor")
    field = prosecutor.child("step_field") if prosecutor is not None else None
    if field is None:
        return
    _typed(field, known, ("choice",), faults)
    if by_key(items(known.get(field.value), "choices")).keys() != by_key(ladder).keys():
        faults.at(field, f"the choices of {field.value!r} are not the steps of the ladder")
    authors = {author.value for author in items(kind, "author_roles")}
    for author in (author for step in ladder for author in items(step, "authors")):
        if author.value not in authors:
            faults.at(author, f"{author.value!r} is not among the 'author_roles' of the kind")


def _validity(validity: Marked | None, known: Fields, outcomes: list[Marked], faults: Faults) -> None:
    if validity is None:
        return
    if items(validity, "warn") and validity.child("warn_before") is None:
        faults.at(validity, "'warn' says who is told, 'warn_before' is missing")
    granting = [
        by_key(items(outcome.child("form"), "fields")) for outcome in outcomes if word(outcome, "grants") is True
    ]
    ends, starts = validity.child("ends_field"), validity.child("starts_field")
    for form in granting:
        _typed(ends, form, ("instant",), faults)
        _typed(starts, {**known, **form}, ("instant",), faults)


def _announced(kind: Marked, outcomes: list[Marked], faults: Faults) -> None:
    """The term of appeal runs from the announcement, which the decision states if a hearing is obligatory."""
    if word(kind.child("hearing"), "mode") != "mandatory":
        return
    for outcome in outcomes:
        if word(by_key(items(outcome.child("form"), "fields")).get(ANNOUNCED), "type") != "instant":
            faults.at(outcome, f"a decision after an obligatory hearing has an instant {ANNOUNCED!r}")


def _measures(kind: Marked, known: Fields, outcomes: list[Marked], around: Around, faults: Faults) -> None:
    """A measure that an outcome applies exists, and has its person; covert kinds have none, as it would show them."""
    for outcome in outcomes:
        fixed, by = outcome.child("measure"), outcome.child("measure_by")
        named = [fixed] if fixed is not None else []
        if by is not None:
            named += _by_answer(outcome, by, faults)
        for measure in named:
            if measure.value not in around.measures:
                faults.at(measure, f"there is no measure {measure.value!r} in the catalogue")
        if named and word(kind.child("secrecy"), "level") == "covert":
            faults.at(outcome, "a covert kind applies no measure: the register would show it")
        if named and word(known.get(word(kind, "subject")), "required") is not True:
            faults.at(outcome, "a kind that applies a measure names its 'subject', a required field of its form")
        if fixed is not None and by is not None:
            faults.at(by, "an outcome has 'measure' or 'measure_by', not both")


def _by_answer(outcome: Marked, by: Marked, faults: Faults) -> list[Marked]:
    """The measures by answer; reports answers that the decision's form does not have."""
    field = by_key(items(outcome.child("form"), "fields")).get(word(by, "field"))
    choices = by_key(items(field, "choices"))
    if word(field, "type") != "choice":
        faults.at(by, f"{word(by, 'field')!r} is not a field of type 'choice' of the decision")
    stated = list(entries(by.child("measures")))
    for answer, measure in stated:
        if answer not in choices:
            faults.at(measure, f"{answer!r} is not a choice of {word(by, 'field')!r}")
    return [measure for _answer, measure in stated]


def _appeal(appeal: Marked | None, around: Around, faults: Faults) -> None:
    if appeal is None:
        return
    for part in ("outcomes", "who"):
        if bool(items(appeal, part)) != (word(appeal, "allowed") is True):
            faults.at(appeal, f"{part!r} go with an appeal that is allowed")
    for outcome in items(appeal, "outcomes"):
        check_form(outcome.child("form"), faults)
    for appellant in items(appeal, "who"):
        if word(appellant, "key") not in around.appellants:
            faults.at(appellant, f"{word(appellant, 'key')!r} is not an appellant whom the form of an appeal knows")
