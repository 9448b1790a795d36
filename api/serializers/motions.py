"""Motions: drafts, list rows, and the whole motion."""

from typing import Any

from rest_framework import serializers

from api.serializers.acts import ActLine, AvailableAct
from api.serializers.base import OfficeShape, PersonOfList, Strict
from api.serializers.documents import AttachmentShape
from api.serializers.problems import ProblemItem
from workflows.deadlines.explanation import explain
from workflows.motions.states import AppealState, State


class DraftInput(Strict):
    case = serializers.CharField(max_length=32, help_text="The case's number in the register (ERDR).")
    kind = serializers.SlugField(max_length=40, help_text="A key of the catalogue in force.")
    payload = serializers.DictField(required=False, help_text="By the kind's JSON Schema; it may be incomplete.")
    earlier = serializers.UUIDField(
        required=False, allow_null=True, help_text="The motion whose sanction this one would extend, end or replace."
    )


class DraftChange(Strict):
    payload = serializers.DictField(
        required=False, help_text="Takes the place of the whole stored payload; it may be incomplete."
    )
    earlier = serializers.UUIDField(required=False, allow_null=True, help_text="As in a new draft; null: none.")


class MotionLine(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    case = serializers.CharField(help_text="The case's number in the register.")
    kind = serializers.CharField()
    kind_name = serializers.CharField()
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
    author = PersonOfList()
    judge = PersonOfList(allow_null=True)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField(allow_null=True)
    hearing_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True, help_text="The end of the sanction, if it has one.")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Lifted, replaced, cancelled or run out.")
    next_due_at = serializers.DateTimeField(allow_null=True)


class MotionPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = MotionLine(many=True)


class CasePerson(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    capacity = serializers.CharField()


class CaseShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    qualification = serializers.CharField()
    persons = CasePerson(many=True)


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


class ConsentsShape(serializers.Serializer[Any]):
    given = serializers.IntegerField()
    levels = serializers.ListField(child=serializers.CharField())
    next = NextConsent(allow_null=True, help_text="Whose consent is awaited.")


class RelatedMotion(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    kind = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(State.choices)


class MotionShape(MotionLine):
    kept = serializers.BooleanField(
        help_text="The caller may open it no longer: it is shown as it stood with the last act that he signed."
    )
    case = CaseShape()  # type: ignore[assignment]
    path = serializers.ChoiceField(["ordinary", "urgent"])
    suspended = serializers.BooleanField(help_text="An appeal keeps the decision from being executed.")
    defence = serializers.BooleanField(help_text="Open to the defence.")
    announced_at = serializers.DateTimeField(allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True, help_text="The end of the term of appeal.")
    consents = ConsentsShape()
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
