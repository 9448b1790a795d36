"""The schema of the law as data: frozen dataclasses, one for each type of rule.

Every rule names its ``article``, a ``mark`` (``S`` read in a published text, ``M`` general knowledge, ``U`` unknown,
left empty) and the state of its legal ``review``. Articles and figures are in ``fixtures/statute`` only, never here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from workflows.statute.form_schema import (
    EVENT_PREFIX,
    FIELD_PREFIX,
    Amount,
    Capacity,
    Check,
    Choice,
    Condition,
    Field,
    FieldType,
    Form,
    Mark,
    Review,
    Rule,
    Text,
    Unit,
)
from workflows.statute.kind_schema import (
    DECISIONS,
    Appeal,
    AppealOutcome,
    Approver,
    Attendee,
    Body,
    ByChoice,
    Escalation,
    Event,
    GroupLeader,
    Hearing,
    Level,
    Lifting,
    MeasureByChoice,
    MeasureType,
    Norm,
    Outcome,
    Prosecutor,
    Relation,
    Repeat,
    Requirement,
    RoleName,
    Secrecy,
    Service,
    SpecialRoute,
    Step,
    Superior,
    Term,
    TermRole,
    Urgent,
    Validity,
)

__all__ = [
    "DECISIONS",
    "EVENT_PREFIX",
    "FIELD_PREFIX",
    "Amount",
    "Appeal",
    "AppealOutcome",
    "Approver",
    "Attendee",
    "Body",
    "ByChoice",
    "Capacity",
    "Catalogue",
    "Check",
    "Choice",
    "Condition",
    "Escalation",
    "Event",
    "Field",
    "FieldType",
    "Form",
    "GroupLeader",
    "Hearing",
    "Kind",
    "Level",
    "Lifting",
    "Mark",
    "MeasureByChoice",
    "MeasureType",
    "Norm",
    "Outcome",
    "Prosecutor",
    "Relation",
    "Repeat",
    "Requirement",
    "Review",
    "RoleName",
    "Rule",
    "Secrecy",
    "Service",
    "SpecialRoute",
    "Step",
    "Superior",
    "Term",
    "TermRole",
    "Text",
    "Unit",
    "Urgent",
    "Validity",
    "as_json",
]


@dataclass(frozen=True, kw_only=True)
class Kind(Rule):
    """A kind of sanction: authors, consents, required statements and attachments, terms and outcomes.

    ``subject`` is the field of the form that names the person whom a motion is about: counsel of that person may open
    it if it is open to the defence. ``client`` is the field of the person for whom a defender files it: one of his
    clients.
    """

    key: str
    group: str
    name: Text
    summary: Text
    articles: tuple[str, ...]
    author_roles: tuple[RoleName, ...]
    prosecutor: Prosecutor
    form: Form
    attachments: tuple[Requirement, ...]
    terms: tuple[Term, ...]
    hearing: Hearing
    outcomes: tuple[Outcome, ...]
    validity: Validity
    urgent: Urgent
    appeal: Appeal
    service: tuple[Service, ...]
    secrecy: Secrecy
    norms: tuple[Norm, ...]
    internal_approver: Approver | None = None
    alternative_measures: tuple[Choice, ...] = ()
    special_person_route: SpecialRoute | None = None
    repeat: Repeat | None = None
    relation: Relation | None = None
    subject: str = ""
    client: str = ""
    events: tuple[Event, ...] = ()
    group_leader: GroupLeader | None = None
    acts: Mapping[str, Form] = field(default_factory=dict, metadata={"derived": True}, repr=False)
    lifting: Lifting | None = field(default=None, metadata={"derived": True}, repr=False)

    @property
    def clocks(self) -> tuple[Term, ...]:
        """Every term that may run for a motion: those before its decision, and that of a ruling on an appeal."""
        return (*self.terms, self.appeal.ruling) if self.appeal.ruling else self.terms

    def outcome(self, key: str) -> Outcome:
        """The outcome ``key``; raises ``KeyError`` if this kind has none of that name."""
        for outcome in self.outcomes:
            if outcome.key == key:
                return outcome
        raise KeyError(key)

    def outcomes_on(self, path: str) -> tuple[Outcome, ...]:
        """What the judge may decide on an ``ordinary`` motion, or on an ``urgent`` step that was taken already."""
        return tuple(outcome for outcome in self.outcomes if outcome.path == path)

    def appeal_outcome(self, key: str) -> AppealOutcome:
        """The appellate outcome ``key``; raises ``KeyError`` if this kind has none of that name."""
        for outcome in self.appeal.outcomes:
            if outcome.key == key:
                return outcome
        raise KeyError(key)

    def term(self, key: str) -> Term:
        """The term ``key``; raises ``KeyError`` if this kind has none of that name."""
        for clock in self.clocks:
            if clock.key == key:
                return clock
        raise KeyError(key)

    def event(self, key: str) -> Event:
        """The event ``key``; raises ``KeyError`` if this kind has none of that name."""
        for event in self.events:
            if event.key == key:
                return event
        raise KeyError(key)

    def form_for(self, act_type: str, outcome: str = "", instead: str = "") -> Form:
        """The form of an act; for a decision, the outcome's fields and then the reasons.

        ``outcome`` is that of a decision or of an appeal's ruling, ``instead`` the decision's outcome that a ruling
        puts in place: its fields are included. An act without a form in the catalogue has an empty form. Raises
        ``KeyError`` for an unknown outcome.
        """
        if act_type == "motion":
            return self.form
        if act_type == "appeal_ruling":
            # A field that both forms have occurs once: as in the ruling's form, else as in the form of the outcome.
            ruling, common = self.appeal_outcome(outcome).form, self.acts.get("appeal_ruling", Form())
            put = self.outcome(instead).form.without(common) if instead else Form()
            return ruling.without(put) + put + common
        if act_type == "event":
            return self.event_form(self.events)
        if act_type not in DECISIONS:
            return self.acts.get(act_type, Form())
        return self.outcome(outcome).form + self.acts.get("decision", Form())

    def event_form(self, events: tuple[Event, ...]) -> Form:
        """A choice of one of ``events``, then the fields of each, required for that event; empty without events.

        The text field that names an event becomes the choice; the help of a single event replaces that of the field.
        """
        if not events:
            return Form()
        common, only = self.acts["event"], events[0] if len(events) == 1 else None
        choices = tuple(Choice(key=event.key, label=event.label, article=event.article) for event in events)
        fields = [
            replace(field, type="choice", choices=choices, help=only.help if only else field.help)
            if field.key == "event"
            else field
            for field in common.fields
        ]
        for event in events:
            stated = Condition(field="event", op="eq", value=event.key)
            fields += [
                replace(field, required=False, required_if=stated) if field.required else field
                for field in event.form.fields
            ]
        return Form(
            fields=tuple(fields),
            checks=(*common.checks, *(check for event in events for check in event.form.checks)),
        )


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A version of the law of a jurisdiction.

    ``groups`` name the families of kinds in display order. ``acts`` are the forms of the acts that are the same for
    every kind, by act type; ``decision`` among them holds what every decision of a judge states. ``reminders``
    (fractions of a term) and ``escalation`` apply by role if a term states none. Without a rule on ``lifting`` every
    measure is lifted with the prosecutor's consent. ``measures`` are the restraints on a person that outcomes apply.
    """

    jurisdiction: str
    version: str
    title: Text
    valid_from: date
    valid_to: date | None = None
    note: str = ""
    groups: tuple[Choice, ...]
    reminders: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    escalation: Mapping[str, tuple[Escalation, ...]] = field(default_factory=dict)
    lifting: Lifting | None = None
    measures: tuple[MeasureType, ...] = ()
    acts: Mapping[str, Form]
    kinds: Mapping[str, Kind]

    def measure(self, key: str) -> MeasureType:
        """The measure ``key``; raises ``KeyError`` if this version has none of that name."""
        for measure in self.measures:
            if measure.key == key:
                return measure
        raise KeyError(key)


def as_json(value: Any) -> Any:
    """A part of the catalogue as plain JSON; dates as ISO 8601, derived values and defaults left out."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    stated = {}
    for slot in fields(value):
        item = getattr(value, slot.name)
        if not slot.metadata.get("derived") and (slot.metadata.get("written") or item != slot.default):
            stated[slot.name] = as_json(item)
    return stated
