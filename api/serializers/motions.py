"""Motions: list rows, and the whole motion."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from rest_framework import serializers

from api.serializers.acts import ActLine, Available, AvailableAct, list_acts
from api.serializers.base import LinkField, OfficeShape, Output, PersonOfList
from api.serializers.documents import AttachmentShape
from api.serializers.problems import ProblemItem
from workflows.deadlines.explanation import explain
from workflows.motions import queries, signed
from workflows.motions.models import Motion
from workflows.motions.persons import named_persons, persons_of
from workflows.motions.rules import kind_rules
from workflows.motions.services import acting, drafts
from workflows.motions.signers import Kept
from workflows.motions.states import AppealState, State
from workflows.statute.catalogue import catalogue


class MotionLine(Output):
    id = serializers.UUIDField()
    url = LinkField("api:motion", "pk")
    case = serializers.CharField(source="case.number", help_text="The case's number in the register.")
    kind = serializers.CharField()
    kind_name = serializers.CharField(source="kind_entry.name")
    state = serializers.ChoiceField(State.choices)
    number = serializers.CharField(allow_null=True, help_text="The court's number.")
    appeal_state = serializers.ChoiceField(AppealState.choices)
    outcome = serializers.CharField(allow_blank=True)
    in_force = serializers.BooleanField(help_text="A sanction was given, and holds now.")
    secret = serializers.BooleanField()
    on_paper = serializers.BooleanField()
    language = serializers.CharField()
    version = serializers.IntegerField()
    revision = serializers.IntegerField()
    author = PersonOfList(source="author.officer")
    judge = PersonOfList(allow_null=True)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField(allow_null=True)
    hearing_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True, help_text="The end of the sanction, if it has one.")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Lifted, replaced, cancelled or run out.")
    next_due_at = serializers.DateTimeField(allow_null=True)

    def compute(self, row: Motion) -> dict[str, Any]:
        return {"in_force": kind_rules.is_in_force(row)}


# The columns of a row of `listMotions`, the hot path: no models and no serializers. `describe_rows` makes of them what
# `MotionLine` declares, and a test compares the two.
PEOPLE, PARTS_OF_NAME = ("author__officer", "judge"), ("surname", "given_name", "patronymic")
FORCE = ("kind", "catalogue_id", "outcome", "appeal_state", "valid_until", "ended_at")
SHOWN = (
    "id",
    "kind",
    "state",
    "number",
    "appeal_state",
    "outcome",
    "secret",
    "on_paper",
    "language",
    "version",
    "revision",
    "created_at",
    "submitted_at",
    "registered_at",
    "hearing_at",
    "decided_at",
    "valid_until",
    "ended_at",
    "next_due_at",
)
COLUMNS = (
    *SHOWN,
    "catalogue_id",
    "case__number",
    "author__officer_id",
    "judge_id",
    *(f"{who}__{part}" for who in PEOPLE for part in PARTS_OF_NAME),
)


def describe_rows(rows: Sequence[Mapping[str, Any]], motions_url: str) -> list[dict[str, Any]]:
    """List rows, from rows of :data:`COLUMNS`."""
    kinds = {(row["catalogue_id"], row["kind"]) for row in rows}
    names = {found: str(catalogue(found[0]).kinds[found[1]].name) for found in kinds}
    return [_describe_row(row, motions_url, names[row["catalogue_id"], row["kind"]]) for row in rows]


def _describe_row(row: Mapping[str, Any], motions_url: str, kind_name: str) -> dict[str, Any]:
    author, judge = (" ".join(filter(None, (row[f"{who}__{part}"] for part in PARTS_OF_NAME))) for who in PEOPLE)
    return {
        **{name: row[name] for name in SHOWN},
        "in_force": bool(row["outcome"]) and kind_rules.is_in_force(Motion(**{name: row[name] for name in FORCE})),
        "url": f"{motions_url}{row['id']}/",
        "case": row["case__number"],
        "kind_name": kind_name,
        "author": {"id": row["author__officer_id"], "name": author},
        "judge": {"id": row["judge_id"], "name": judge} if row["judge_id"] else None,
    }


class MotionPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = MotionLine(many=True)


class CasePerson(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="full_name")
    capacity = serializers.CharField()


class CaseShape(Output):
    id = serializers.UUIDField(source="case_id")
    number = serializers.CharField(source="case.number")
    qualification = serializers.CharField(source="case.qualification")
    persons = CasePerson(many=True)

    def compute(self, row: Motion) -> dict[str, Any]:
        return {"persons": named_persons(row) if "kept" in self.context else persons_of(row, self.post)}


class ExplanationField(serializers.ListField):
    """The explanation of how a deadline was counted."""

    child = serializers.CharField()

    def to_representation(self, deadline: Any) -> list[str]:
        """Sentences in the reader's language."""
        return explain(deadline)


class DeadlineShape(serializers.Serializer[Any]):
    term = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    role = serializers.CharField()
    article = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(["running", "met", "missed", "void"])
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    at_once = serializers.BooleanField(help_text="The law wants it done immediately: no instant can be called missed.")
    met_at = serializers.DateTimeField(allow_null=True)
    explanation = ExplanationField(source="*", help_text="How it was counted, in sentences of the reader's language.")


class EventShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="`act`, or `opened`: an officer's first opening of what there was then.")
    label = serializers.CharField()  # type: ignore[assignment]
    who = serializers.CharField()
    act = serializers.UUIDField(source="act.pk", allow_null=True)
    version = serializers.IntegerField(help_text="Of the motion, at that time.")


class NextConsent(serializers.Serializer[Any]):
    level = serializers.CharField(allow_blank=True, help_text="Empty: the office that supervises the case.")
    office = OfficeShape()


class ConsentsShape(Output):
    given = serializers.IntegerField(source="consents")
    levels = serializers.ListField(child=serializers.CharField())
    next = NextConsent(allow_null=True, help_text="Whose consent is awaited.")

    def compute(self, row: Motion) -> dict[str, Any]:
        if not kind_rules.needs_consent(row):
            return {"levels": [], "next": None}
        levels = kind_rules.consent_levels(row)
        level = levels[row.consents] if row.consents < len(levels) else ""
        awaited = {"level": level, "office": row.consenting or row.prosecution}
        return {"levels": levels, "next": awaited if row.state == State.SUBMITTED else None}


class RelatedMotion(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = LinkField("api:motion", "pk")
    kind = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(State.choices)


class MotionShape(MotionLine):
    kept = serializers.BooleanField(
        help_text="The caller may open it no longer: it is shown as it stood with the last act that he signed."
    )
    case = CaseShape(source="*")  # type: ignore[assignment]
    path = serializers.ChoiceField(["ordinary", "urgent"])
    suspended = serializers.BooleanField(help_text="An appeal keeps the decision from being executed.")
    defence = serializers.BooleanField(help_text="Open to the defence.")
    announced_at = serializers.DateTimeField(allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True, help_text="The end of the term of appeal.")
    consents = ConsentsShape(source="*")
    court = OfficeShape()
    appellate_court = OfficeShape(allow_null=True)
    appellate_judge = PersonOfList(allow_null=True)
    appeal_number = serializers.CharField(allow_null=True)
    earlier = RelatedMotion(allow_null=True, help_text="What this one is about, if the caller may open it.")
    later = RelatedMotion(many=True, help_text="Motions that are about this one, of those the caller may open.")
    payload = serializers.DictField(allow_null=True, help_text="For its author; others read it with the materials.")
    deadlines = DeadlineShape(many=True)
    timeline = EventShape(many=True)
    attachments = AttachmentShape(many=True)
    acts = ActLine(many=True)
    available_acts = AvailableAct(many=True)
    missing = ProblemItem(many=True, help_text="For its author: what stands in the way of filing the draft.")

    def compute(self, row: Motion) -> dict[str, Any]:
        is_own = row.author.officer_id == self.post.officer_id
        deadlines = list(row.deadlines.order_by("started_at", "due_at"))
        for deadline in deadlines:
            deadline.motion = row
        return {
            **self.compute_status(row),
            "kept": False,
            "payload": signed.statement(row) if is_own else None,
            "deadlines": deadlines,
            "timeline": queries.timeline(row),
            "attachments": queries.attachments(row, self.post),
            "acts": list_acts(row),
            "available_acts": [Available(row, act_type) for act_type in acting.available(row, self.post)],
            "missing": [fault.as_dict() for fault in drafts.missing(row)] if is_own and row.is_editable else [],
        }

    def compute_status(self, row: Motion) -> dict[str, Any]:
        """Its place in the law, its judges, and the motions before and after it that the caller may open: one query."""
        judges = ("judge", "appellate_judge")
        names = (f"{judge}__{part}" for judge in judges for part in PARTS_OF_NAME)
        linked = queries.queue(self.post).filter(Q(pk__in=[row.pk, row.earlier_id]) | Q(earlier=row.pk))
        found = {motion.pk: motion for motion in linked.select_related(*judges).only("kind", "number", "state", *names)}
        this, earlier = found.pop(row.pk, row), found.pop(row.earlier_id, None) if row.earlier_id else None
        return {
            **super().compute(row),
            "path": kind_rules.path(row),
            "suspended": kind_rules.is_suspended(row),
            "judge": this.judge,
            "appellate_judge": this.appellate_judge,
            "earlier": earlier,
            "later": list(found.values()),
        }


class KeptMotionShape(MotionShape):
    """A motion as it stood when the caller signed his last act on it: the acts until then, and nothing to do."""

    def compute(self, row: Motion) -> dict[str, Any]:
        kept: Kept = self.context["kept"]
        nothing = dict.fromkeys(("deadlines", "attachments", "available_acts", "missing"), ())
        shown = {"kept": True, "payload": None, "timeline": queries.acts_of(kept.acts), "acts": kept.acts}
        return {**self.compute_status(row), **nothing, **shown}
