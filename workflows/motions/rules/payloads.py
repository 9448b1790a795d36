"""The content of an act: the catalogue's form for it, and whether a payload fills it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from ecase.problems import Problem
from workflows.motions.models import Motion
from workflows.motions.rules import appeals, appellants, events, kind_rules
from workflows.motions.states import DECISIONS, WITH_OUTCOME, ActType
from workflows.statute.catalogue import catalogue, in_force
from workflows.statute.schema import AppealOutcome, Field, Form, Outcome
from workflows.statute.validation import validate

Payload = dict[str, Any]
NOTHING = Form(fields=())
# Keys of a decision that every kind has, whatever fields its outcomes need.
OUTCOME, SUGGESTION = "outcome", "suggestion"
# The keys by which a ruling that changes a decision states the new outcome.
NEW_OUTCOME = "new_outcome"


def form(
    motion: Motion, act_type: ActType, outcome: str = "", instead: str = "", *, author: Post | None = None
) -> Form:
    """The catalogue's form for the act; for a decision, that of ``outcome``, and of ``instead`` put in its place.

    An act that names an appeal offers those that ``author`` may name; without an author, all that ever existed.
    """
    if act_type in WITH_OUTCOME and not outcome:
        return NOTHING
    if act_type == ActType.EVENT:
        return motion.kind_entry.event_form(events.open_now(motion))
    found = motion.kind_entry.form_for(act_type, outcome, instead)
    return _naming_appeal(motion, act_type, found, author) if act_type in appeals.NAMING else found


def _naming_appeal(motion: Motion, act_type: ActType, found: Form, author: Post | None) -> Form:
    """The text that names an appeal, as a choice. A law version without this field uses today's field."""
    named, known = found.field(appeals.APPEAL) or _today(motion, act_type), appellants.choices(motion, act_type, author)
    if known:
        named = replace(named, type="choice", choices=known, max_length=None)
    return replace(found, fields=(named, *(field for field in found.fields if field.key != appeals.APPEAL)))


def _today(motion: Motion, act_type: ActType) -> Field:
    acts = catalogue(in_force(kind_rules.jurisdiction(motion))).acts
    return next(field for field in acts[act_type].fields if field.key == appeals.APPEAL)


def with_only_choice(motion: Motion, act_type: ActType, payload: Mapping[str, Any], author: Post) -> Payload:
    """``payload``; if it names no appeal and ``author`` may name exactly one, with that one."""
    if act_type not in appeals.NAMING or appeals.APPEAL in payload:
        return dict(payload)
    known = appellants.choices(motion, act_type, author)
    return {**payload, appeals.APPEAL: known[0].key} if len(known) == 1 else dict(payload)


def form_of(motion: Motion, act_type: ActType, payload: Mapping[str, Any], *, author: Post | None = None) -> Form:
    """The form that ``payload`` fills, by its outcomes or event; unknown ones add no field."""
    if act_type == ActType.EVENT:
        return _form_of_event(motion, payload)
    outcome, instead = payload.get(OUTCOME), payload.get(NEW_OUTCOME)
    if act_type not in WITH_OUTCOME or not _is_among(outcome, outcomes(motion, act_type)):
        return form(motion, act_type, author=author)
    known = _is_among(instead, new_outcomes(motion, act_type, str(outcome)))
    return form(motion, act_type, str(outcome), str(instead) if known else "")


def _form_of_event(motion: Motion, payload: Mapping[str, Any]) -> Form:
    """The form with the stated event, even if that is recorded and no longer open."""
    known, open_now = motion.kind_entry.events, events.open_now(motion)
    return motion.kind_entry.event_form(
        tuple(event for event in known if event in open_now or event.key == payload.get(events.EVENT))
    )


def outcomes(motion: Motion, act_type: ActType) -> tuple[Outcome | AppealOutcome, ...]:
    """The outcomes that this act may state: a decision's by form and path, or those of an appeal."""
    if act_type == ActType.APPEAL_RULING:
        return motion.kind_entry.appeal.outcomes
    return kind_rules.outcomes(motion, act_type) if act_type in DECISIONS else ()


def new_outcomes(motion: Motion, act_type: ActType, outcome: str) -> tuple[Outcome, ...]:
    """The outcomes that a ruling of this ``outcome`` may put in place; none unless it changes the decision."""
    if act_type != ActType.APPEAL_RULING:
        return ()
    changing = {possible.key for possible in motion.kind_entry.appeal.outcomes if possible.effect == "changed"}
    return kind_rules.outcomes(motion) if outcome in changing else ()


def faults_of(
    motion: Motion, act_type: ActType, payload: Mapping[str, Any], author: Post, *, complete: bool = True
) -> list[Problem]:
    """What is wrong with ``payload`` by the catalogue's form; unless ``complete``, missing fields are not errors."""
    if act_type in WITH_OUTCOME:
        return _faults_of_decision(motion, act_type, payload, complete=complete)
    return _faults_of_form(motion, form(motion, act_type, author=author), payload, complete=complete)


def _faults_of_decision(
    motion: Motion, act_type: ActType, payload: Mapping[str, Any], *, complete: bool
) -> list[Problem]:
    outcome = payload.get(OUTCOME)
    if not outcome and not complete:
        return []
    if not _is_among(outcome, outcomes(motion, act_type)):
        return [_unknown_outcome(OUTCOME)]
    beside = (OUTCOME, SUGGESTION) if act_type in DECISIONS else (OUTCOME, NEW_OUTCOME)
    rest = {key: value for key, value in payload.items() if key not in beside}
    faults = _faults_of_form(motion, form_of(motion, act_type, payload), rest, complete=complete)
    return [*faults, *_faults_of_suggestion(payload), *_faults_of_new_outcome(motion, act_type, payload)]


def _faults_of_new_outcome(motion: Motion, act_type: ActType, payload: Mapping[str, Any]) -> list[Problem]:
    if NEW_OUTCOME not in payload:
        return []
    known = new_outcomes(motion, act_type, str(payload.get(OUTCOME)))
    return [] if _is_among(payload[NEW_OUTCOME], known) else [_unknown_outcome(NEW_OUTCOME)]


def _unknown_outcome(key: str) -> Problem:
    return Problem("outcome", _("Choose one of the outcomes that the law knows."), f"payload.{key}")


def _is_among(outcome: Any, known: Iterable[Outcome | AppealOutcome]) -> bool:
    return isinstance(outcome, str) and outcome in {possible.key for possible in known}


def _faults_of_suggestion(payload: Mapping[str, Any]) -> list[Problem]:
    if SUGGESTION not in payload or isinstance(payload.get(SUGGESTION), str):
        return []
    return [Problem("type", _("The suggestion is named by its id."), f"payload.{SUGGESTION}")]


def _faults_of_form(motion: Motion, of: Form, payload: Mapping[str, Any], *, complete: bool) -> list[Problem]:
    persons = {str(pk): capacity for pk, capacity in motion.case.persons.values_list("pk", "capacity")}
    return list(validate(of, dict(payload), persons=persons, prefix="payload", complete=complete))
