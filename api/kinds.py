"""JSON answers about the kinds of the catalogue: forms, attachments, who acts, possible outcomes."""

from api import schemas
from api.answers import Answer
from workflows.statute.schema import Appeal, AppealOutcome, Kind, Outcome, Step


def kind(entry: Kind) -> Answer:
    """A kind, with labels in the active language."""
    return {
        "key": entry.key,
        "group": entry.group,
        "name": str(entry.name),
        "summary": str(entry.summary),
        "articles": list(entry.articles),
        "review": entry.review,
        "author_roles": list(entry.author_roles),
        "prosecutor": entry.prosecutor.role,
        "hearing": entry.hearing.mode,
        "validity": entry.validity.mode,
        "ladder": [_step(step) for step in entry.validity.ladder],
        "secrecy": entry.secrecy.level,
        "urgent_field": entry.urgent.field,
        "relation": {"kinds": list(entry.relation.kinds), **_effect(entry)} if entry.relation else None,
        "attachments": [
            {"key": asked.key, "label": str(asked.label), "required": asked.required, "article": asked.article}
            for asked in entry.attachments
        ],
        "outcomes": [_outcome(entry, outcome) for outcome in entry.outcomes],
        "appeal": _appeal(entry, entry.appeal),
        "json_schemas": schemas.of_kind(entry),
    }


def _effect(entry: Kind) -> Answer:
    return {"effect": entry.relation.effect, "required": entry.relation.required} if entry.relation else {}


def _step(step: Step) -> Answer:
    return {
        "key": step.key,
        "moved_by": str(step.moved_by),
        "authors": list(step.authors),
        "levels": list(step.levels),
        "article": step.article,
    }


def _outcome(entry: Kind, outcome: Outcome) -> Answer:
    return {
        "key": outcome.key,
        "label": str(outcome.label),
        "act": outcome.output,
        "path": outcome.path,
        "grants": outcome.grants,
        "inadmissible": outcome.inadmissible,
        "article": outcome.article,
        "json_schema": schemas.of_outcome(entry, outcome),
    }


def _appeal(entry: Kind, rule: Appeal) -> Answer:
    return {
        "allowed": rule.allowed,
        "suspensive": rule.suspensive,
        "who": [{"key": who.key, "label": str(who.label)} for who in rule.who],
        "decisions": list(rule.decisions),
        "article": rule.article,
        "outcomes": [_ruling(entry, outcome) for outcome in rule.outcomes],
    }


def _ruling(entry: Kind, outcome: AppealOutcome) -> Answer:
    return {
        "key": outcome.key,
        "label": str(outcome.label),
        "effect": outcome.effect,
        "article": outcome.article,
        "json_schema": schemas.of_ruling(entry, outcome),
    }
