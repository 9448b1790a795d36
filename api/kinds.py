"""From a kind of the catalogue to an answer: what must be said and attached, who acts, and what may come out."""

from api import schemas
from api.answers import Answer
from workflows.statute.schema import Appeal, AppealOutcome, Kind, Outcome, Step


def kind(one: Kind) -> Answer:
    """A kind, labels in the active language."""
    return {
        "key": one.key,
        "group": one.group,
        "name": str(one.name),
        "summary": str(one.summary),
        "articles": list(one.articles),
        "review": one.review,
        "author_roles": list(one.author_roles),
        "prosecutor": one.prosecutor.role,
        "hearing": one.hearing.mode,
        "validity": one.validity.mode,
        "ladder": [_step(step) for step in one.validity.ladder],
        "secrecy": one.secrecy.level,
        "urgent_field": one.urgent.field,
        "relation": {"kinds": list(one.relation.kinds), **_effect(one)} if one.relation else None,
        "attachments": [
            {"key": asked.key, "label": str(asked.label), "required": asked.required, "article": asked.article}
            for asked in one.attachments
        ],
        "outcomes": [_outcome(one, outcome) for outcome in one.outcomes],
        "appeal": _appeal(one, one.appeal),
        "json_schemas": schemas.of_kind(one),
    }


def _effect(one: Kind) -> Answer:
    return {"effect": one.relation.effect, "required": one.relation.required} if one.relation else {}


def _step(step: Step) -> Answer:
    return {
        "key": step.key,
        "moved_by": str(step.moved_by),
        "authors": list(step.authors),
        "levels": list(step.levels),
        "article": step.article,
    }


def _outcome(one: Kind, outcome: Outcome) -> Answer:
    return {
        "key": outcome.key,
        "label": str(outcome.label),
        "act": outcome.output,
        "path": outcome.path,
        "grants": outcome.grants,
        "inadmissible": outcome.inadmissible,
        "article": outcome.article,
        "json_schema": schemas.of_outcome(one, outcome),
    }


def _appeal(one: Kind, rule: Appeal) -> Answer:
    return {
        "allowed": rule.allowed,
        "suspensive": rule.suspensive,
        "who": [{"key": who.key, "label": str(who.label)} for who in rule.who],
        "decisions": list(rule.decisions),
        "article": rule.article,
        "outcomes": [_ruling(one, outcome) for outcome in rule.outcomes],
    }


def _ruling(one: Kind, outcome: AppealOutcome) -> Answer:
    return {
        "key": outcome.key,
        "label": str(outcome.label),
        "effect": outcome.effect,
        "article": outcome.article,
        "json_schema": schemas.of_ruling(one, outcome),
    }
