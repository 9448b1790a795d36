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
from workflows.statute.schema import AppealOutcome, Form, Outcome
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
    if act_type not in appeals.NAMING:
        return found
    # The text that names an appeal, as a choice. A law version without this field uses today's field.
    named = found.field(appeals.APPEAL)
    if named is None:
        today = catalogue(in_force(kind_rules.jurisdiction(motion))).acts[act_type]
        named = next(field for field in today.fields if field.key == appeals.APPEAL)
    if known := appellants.choices(motion, act_type, author):
        named = replace(named, type="choice", choices=known, max_length=None)
    return replace(found, fields=(named, *(field for field in found.fields if field.key != appeals.APPEAL)))


def with_only_choice(motion: Motion, act_type: ActType, payload: Mapping[str, Any], author: Post) -> Payload:
    """``payload``; if it names no appeal and ``author`` may name exactly one, with that one."""
    if act_type not in appeals.NAMING or appeals.APPEAL in payload:
        return dict(payload)
    known = appellants.choices(motion, act_type, author)
    return {**payload, appeals.APPEAL: known[0].key} if len(known) == 1 else dict(payload)


def form_of(motion: Motion, act_type: ActType, payload: Mapping[str, Any], *, author: Post | None = None) -> Form:
    """The form that ``payload`` fills, by its outcomes or event; unknown ones add no field.

    It knows the stated event even if that is recorded and no longer open.
    """
    if act_type == ActType.EVENT:
        kind, stated, open_now = motion.kind_entry, payload.get(events.EVENT), events.open_now(motion)
        return kind.event_form(tuple(event for event in kind.events if event in open_now or event.key == stated))
    outcome, instead = payload.get(OUTCOME), payload.get(NEW_OUTCOME)
    if act_type not in WITH_OUTCOME or not _is_among(outcome, outcomes(motion, act_type)):
        return form(motion, act_type, author=author)
    known = _is_among(instead, new_outcomes(motion, act_type, str(outcome)))
    return form(motion, act_type, str(outcome), str(instead) if known else "")


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
    if act_type not in WITH_OUTCOME:
        return _faults_of_form(motion, form(motion, act_type, author=author), payload, complete=complete)
    outcome, unknown = payload.get(OUTCOME), _("Choose one of the outcomes that the law knows.")
    if not outcome and not complete:
        return []
    if not _is_among(outcome, outcomes(motion, act_type)):
        return [Problem("outcome", unknown, f"payload.{OUTCOME}")]
    without = (OUTCOME, SUGGESTION) if act_type in DECISIONS else (OUTCOME, NEW_OUTCOME)
    rest = {key: value for key, value in payload.items() if key not in without}
    faults = _faults_of_form(motion, form_of(motion, act_type, payload), rest, complete=complete)
    if not isinstance(payload.get(SUGGESTION, ""), str):
        faults.append(Problem("type", _("The suggestion is named by its id."), f"payload.{SUGGESTION}"))
    if NEW_OUTCOME in payload and not _is_among(payload[NEW_OUTCOME], new_outcomes(motion, act_type, str(outcome))):
        faults.append(Problem("outcome", unknown, f"payload.{NEW_OUTCOME}"))
    return faults


def _is_among(outcome: Any, known: Iterable[Outcome | AppealOutcome]) -> bool:
    return isinstance(outcome, str) and outcome in {possible.key for possible in known}


def _faults_of_form(motion: Motion, of: Form, payload: Mapping[str, Any], *, complete: bool) -> list[Problem]:
    persons = {str(person.pk): person.capacity for person in motion.case.persons.all()}
    return list(validate(of, dict(payload), persons=persons, prefix="payload", complete=complete))
