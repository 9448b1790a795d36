"""The shapes of a motion whole and of what surrounds it: kinds, draws, copies, versions."""

from typing import Any

from rest_framework import serializers

from api.shapes import (
    ActLine,
    AttachmentShape,
    AvailableAct,
    CaseShape,
    DeadlineShape,
    EventShape,
    MotionLine,
    Named,
    PersonOfList,
    ProblemItem,
    Strict,
)
from workflows.copies.models import BY_HAND, Way
from workflows.motions.states import State

# -- in ------------------------------------------------------------------------------------------------------------


class AcknowledgementInput(Strict):
    """Empty from the addressee; from whoever served by hand, how, when, and the proof."""

    how = serializers.ChoiceField([(way.value, way.label) for way in BY_HAND], required=False)
    at = serializers.DateTimeField(required=False, help_text="When it was served; now, if not given.")
    note = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)
    file = serializers.FileField(required=False, max_length=200, allow_empty_file=True, help_text="The proof.")


class PeriodQuery(Strict):
    """Local days, both inclusive."""

    since = serializers.DateField()
    until = serializers.DateField()


# -- out: the catalogue --------------------------------------------------------------------------------------------


class RequirementShape(Named):
    required = serializers.BooleanField()  # type: ignore[assignment]
    article = serializers.CharField(allow_blank=True)


class OutcomeShape(Named):
    act = serializers.ChoiceField(["protocol", "endorsement"])
    path = serializers.ChoiceField(["ordinary", "urgent"], help_text="`urgent`: of a step taken without a sanction.")
    grants = serializers.BooleanField()
    inadmissible = serializers.BooleanField(help_text="It makes the results of an urgent step inadmissible.")
    article = serializers.CharField(allow_blank=True)
    json_schema = serializers.DictField(help_text="JSON Schema 2020-12 of the decision's payload.")


class AppealOutcomeShape(Named):
    effect = serializers.ChoiceField(["stands", "changed", "cancelled"])
    article = serializers.CharField(allow_blank=True)
    json_schema = serializers.DictField(help_text="JSON Schema 2020-12 of the ruling's payload.")


class AppealShape(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    suspensive = serializers.BooleanField(allow_null=True, help_text="Null: not set in law.")
    who = Named(many=True)
    decisions = serializers.ListField(child=serializers.CharField(), help_text="Outcomes; empty: any.")
    article = serializers.CharField(allow_blank=True)
    outcomes = AppealOutcomeShape(many=True)


class LadderStepShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    moved_by = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField(), help_text="Roles; empty: as the kind says.")
    levels = serializers.ListField(child=serializers.CharField(), help_text="Of the prosecutors who consent, in order.")
    article = serializers.CharField(allow_blank=True)


class RelationShape(serializers.Serializer[Any]):
    kinds = serializers.ListField(child=serializers.CharField())
    effect = serializers.ChoiceField(["extends", "ends", "replaces"])
    required = serializers.BooleanField()  # type: ignore[assignment]


class KindShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    group = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    review = serializers.CharField(help_text="Whether counsel has reviewed the rules.")
    author_roles = serializers.ListField(child=serializers.CharField())
    prosecutor = serializers.ChoiceField(["consent", "notify_copy", "author", "none"])
    hearing = serializers.ChoiceField(["mandatory", "none", "optional", "on_request"])
    validity = serializers.ChoiceField(["none", "fixed", "ladder", "until_lifted"])
    ladder = LadderStepShape(many=True)
    secrecy = serializers.ChoiceField(["investigation", "closed", "covert"])
    urgent_field = serializers.CharField(
        allow_blank=True, help_text="True in the motion: check a step that was taken without a sanction."
    )
    relation = RelationShape(allow_null=True)
    attachments = RequirementShape(many=True)
    outcomes = OutcomeShape(many=True)
    appeal = AppealShape()
    json_schemas = serializers.DictField(
        child=serializers.DictField(), help_text="JSON Schema 2020-12 of the payload, by type of act."
    )


class KindPage(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField()
    groups = Named(many=True, help_text="In the order in which people look for them.")
    next = serializers.URLField(allow_null=True)
    results = KindShape(many=True)


# -- out: motions --------------------------------------------------------------------------------------------------


class OfficeShape(serializers.Serializer[Any]):
    bin = serializers.CharField()
    name = serializers.CharField()


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


class DrawShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    algorithm = serializers.CharField()
    at = serializers.DateTimeField()
    court = OfficeShape()
    roster = serializers.CharField()
    seed = serializers.CharField()
    made_of = serializers.DictField(help_text="The parts of the seed.")
    candidates = serializers.ListField(help_text="With the weight of each, and what that was made of.")
    excluded = serializers.DictField(help_text="Every reason, by officer.")
    chosen = serializers.UUIDField()


class Draws(serializers.Serializer[Any]):
    results = DrawShape(many=True)


class CopyShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    motion = serializers.UUIDField()
    act = serializers.UUIDField()
    what = serializers.ChoiceField(["decision", "hearing"])
    to = serializers.CharField(help_text="The word of the catalogue.")
    label = serializers.CharField()  # type: ignore[assignment]
    addressee = serializers.CharField(allow_blank=True, help_text="Empty: somebody whom the service does not know.")
    at_once = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null: the law sets no term.")
    overdue = serializers.BooleanField()
    how = serializers.ChoiceField(Way.choices, allow_blank=True, help_text="Empty: still to be served by hand.")
    sent_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_blank=True, help_text="Empty: nobody yet, or the addressee's system.")
    note = serializers.CharField(allow_blank=True)
    proof = serializers.URLField(allow_null=True)
    void = serializers.BooleanField(help_text="A notice of a hearing that will not take place as it was ordered.")


class Copies(serializers.Serializer[Any]):
    results = CopyShape(many=True)


class SegmentShape(serializers.Serializer[Any]):
    mark = serializers.ChoiceField(["same", "removed", "added"])
    text = serializers.CharField()


class ChangeShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    article = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    segments = SegmentShape(many=True)


class Difference(serializers.Serializer[Any]):
    versions = serializers.ListField(child=serializers.IntegerField(), help_text="All that can be compared.")
    changes = ChangeShape(many=True)


# -- out: figures --------------------------------------------------------------------------------------------------


class TallyShape(serializers.Serializer[Any]):
    filed = serializers.IntegerField(help_text="The sum of the four after it.")
    waiting = serializers.IntegerField()
    granted = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="By the judge.")
    dropped = serializers.IntegerField(help_text="Withdrawn, or not agreed by the prosecutor.")
    appealed = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Motions of which a term was missed.")


class FiguresLine(TallyShape):
    kind = serializers.CharField(allow_null=True, help_text="Null: all kinds together.")
    median_seconds = serializers.IntegerField(allow_null=True, help_text="From registration to the decision.")


class Figures(serializers.Serializer[Any]):
    results = FiguresLine(many=True)
