"""The parts of a kind: authors and consents, terms, hearings, outcomes, validity, appeals, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.statute.form_schema import NO_FORM, Amount, Choice, Condition, Form, Rule, Text, Unit

RoleName = Literal["investigator", "head_of_unit", "prosecutor", "judge", "court_chair", "clerk", "defender"]
# Roles that must act within a term: a judge of the court above has the same role, but a separate entry.
TermRole = Literal[RoleName, "appellate_judge"]
Body = Literal["investigation", "inquiry"]
Level = Literal["district", "oblast", "national"]
Superior = Literal["head_of_unit", "supervising_prosecutor", "court_chair", "appellate_chair"]
DECISIONS = frozenset({"protocol", "endorsement"})


@dataclass(frozen=True, kw_only=True)
class Requirement(Rule):
    """A document that must be, or may be, attached."""

    key: str
    label: Text
    help: Text | None = None
    required: bool = False
    required_if: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Norm(Rule):
    """The content of an article, paraphrased: the only source of law of suggestions.

    It applies to the ``outcomes`` (empty: to any) of a motion for which all of ``when`` hold. ``cited`` names a norm
    that is no article of the Code.
    """

    text: Text
    outcomes: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    cited: Text | None = None


@dataclass(frozen=True, kw_only=True)
class ByChoice:
    """An amount that depends on a choice field of the motion."""

    field: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class MeasureByChoice:
    """The measure by the answer to a choice field of the decision; an answer that is not named applies none."""

    field: str
    measures: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class MeasureType(Rule):
    """A measure in force on a person that outcomes of the catalogue begin.

    One that ``deprives_of_liberty`` is never ended by a clock: after its end without a decision it is shown so.
    """

    key: str
    name: Text
    deprives_of_liberty: bool


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """The superior of ``role`` who is notified, at a fraction of the term; 1.0 is the instant at which it is missed."""

    at: float
    to: Superior


@dataclass(frozen=True, kw_only=True)
class Term(Rule):
    """A length of time within which ``role`` must act.

    It starts on one of the acts ``starts_on`` (or at the instant in ``field:<key>`` of the motion: when that is filed,
    or when it is decided if the term names ``outcomes``; or on the event ``event:<key>`` of the kind), ends after
    ``amount`` (or ``by_choice``) ``unit``, ``less`` earlier if given, or is due ``immediately``; one of ``met_by``
    (acts and events) meets it. ``less_by`` is a ``less`` in the term's own unit that depends on a choice of the motion.
    ``count`` and ``roll`` as in CPC Art. 48. ``remind`` are fractions of the term and ``escalate`` the superiors who
    are notified (empty: as the catalogue says for the role), ``extendable_to`` the legal maximum once one of
    ``extended_by`` has happened; the term applies only when all of ``applies_when`` hold for the motion's payload and,
    if it names ``outcomes``, only after one of them. An ``amount`` of 0 is the instant itself, from which ``less`` or
    ``less_by`` count back.
    """

    key: str
    role: TermRole
    label: Text
    starts_on: tuple[str, ...]
    met_by: tuple[str, ...]
    amount: int | None = None
    by_choice: ByChoice | None = None
    unit: Unit = "hours"
    immediately: bool = False
    count: Literal["from_minute", "skip_first"] = "from_minute"
    roll: bool = False
    less: Amount | None = None
    less_by: ByChoice | None = None
    remind: tuple[float, ...] = ()
    escalate: tuple[Escalation, ...] = ()
    on_missed: Literal["record", "expire"] = "record"
    extendable_to: Amount | None = None
    extended_by: tuple[str, ...] = ()
    applies_when: tuple[Condition, ...] = ()
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome(Rule):
    """What the judge may decide, the fields that such a decision must state, and the form of the act.

    ``path`` is ``urgent`` for a decision on a step that was taken without a sanction; ``inadmissible`` marks an outcome
    that makes the results of that step inadmissible, ``ends_earlier`` a refusal that ends the sanction which the motion
    is about. ``measure`` is the measure of the catalogue that this outcome applies to the motion's subject;
    ``measure_by`` where a choice of the decision says which.
    """

    key: str
    label: Text
    output: Literal["protocol", "endorsement"]
    grants: bool
    path: Literal["ordinary", "urgent"] = "ordinary"
    inadmissible: bool = False
    ends_earlier: bool = False
    measure: str = ""
    measure_by: MeasureByChoice | None = None
    help: Text | None = None
    form: Form = NO_FORM


@dataclass(frozen=True, kw_only=True)
class Prosecutor(Rule):
    """The prosecutor's part: he consents, is sent a copy, is the author, or has no part.

    ``step_field`` names the choice of the motion whose answer is a step of the ladder (``Validity.ladder``): the levels
    of that step consent, one after another, instead of the office that supervises the case.
    """

    role: Literal["consent", "notify_copy", "author", "none"]
    may_return: bool = False
    step_field: str = ""


@dataclass(frozen=True, kw_only=True)
class Approver(Rule):
    """The approver inside the author's body before the motion leaves it, and the type of body."""

    role: RoleName
    label: Text
    bodies: tuple[Body, ...] = ("inquiry",)


@dataclass(frozen=True, kw_only=True)
class Attendee(Rule):
    """Who takes part in a hearing."""

    who: str
    label: Text
    attendance: Literal["must", "may"]


@dataclass(frozen=True, kw_only=True)
class Hearing(Rule):
    """Whether the judge hears the parties, who attends, and what happens when somebody is absent."""

    mode: Literal["mandatory", "none", "optional", "on_request"]
    attendees: tuple[Attendee, ...] = ()
    absence: Text | None = None
    videolink: bool = False


@dataclass(frozen=True, kw_only=True)
class Step(Rule):
    """One step of a ladder of extensions: up to ``total``, its authors, the consenting levels, how long before the end.

    ``total`` is None if the law names no sum of months (reading the case file). ``authors`` empty: as the kind says.
    """

    key: str
    total: Amount | None = None
    moved_by: Text
    authors: tuple[RoleName, ...] = ()
    levels: tuple[Level, ...] = ()
    agreed_by: Text | None = None
    to_prosecutor_before: Amount | None = None
    prosecutor_within: Amount | None = None
    to_court_before: Amount | None = None


@dataclass(frozen=True, kw_only=True)
class Validity(Rule):
    """How long a sanction holds: no term stated, a fixed one, a ladder of extensions, or until it is lifted.

    ``ends_field`` is the instant of the decision's form that states the end. Without one a sanction ends ``longest``
    after ``starts_field`` (an instant of the decision or of the motion), or after the decision. ``warn_before`` the end
    the roles in ``warn`` are notified.
    """

    mode: Literal["none", "fixed", "ladder", "until_lifted"]
    longest: Amount | None = None
    starts: Text | None = None
    starts_field: str = ""
    ends_field: str = ""
    ladder: tuple[Step, ...] = ()
    warn_before: Amount | None = None
    warn: tuple[Literal["investigator", "prosecutor", "judge", "facility"], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Urgent(Rule):
    """Whether the step may be taken first and checked afterwards, and under which conditions.

    ``field`` is the motion's yes-or-no field that states it; the check decides one of the outcomes of path ``urgent``.
    """

    allowed: bool
    field: str = ""
    conditions: Text | None = None
    notify_within: Amount | None = None
    longest: Amount | None = None


@dataclass(frozen=True, kw_only=True)
class AppealOutcome(Rule):
    """What the appellate judge may rule, and its effect on the decision."""

    key: str
    label: Text
    effect: Literal["stands", "changed", "cancelled"]
    form: Form = NO_FORM


@dataclass(frozen=True, kw_only=True)
class Appeal(Rule):
    """Who may appeal, within which term from which event, through which court, whether it suspends, the outcomes.

    ``decisions`` limits it to those outcomes of the kind; empty: any. ``ruling`` is the term of the court above.
    """

    allowed: bool
    who: tuple[Choice, ...] = ()
    term: Amount | None = None
    count: Literal["from_minute", "skip_first"] = "skip_first"
    roll: bool = False
    starts: Text | None = None
    via: Literal["deciding_court", "appeal_court", ""] = ""
    court: Text | None = None
    ruling: Term | None = None
    suspensive: bool | None = None
    decisions: tuple[str, ...] = ()
    outcomes: tuple[AppealOutcome, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Service(Rule):
    """One addressee of a copy of the decision. ``immediately`` or ``within``; ``outcomes`` empty: any."""

    to: str
    label: Text
    immediately: bool = False
    within: Amount | None = None
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Secrecy(Rule):
    """From whom the motion and the decision are kept. ``covert``: only persons named on the motion see it.

    ``defence`` says from when counsel of the kind's ``subject`` may open it: once it is with the judge, after the
    decision, or never.
    """

    level: Literal["investigation", "closed", "covert"]
    defence: Literal["judge", "decision", "never"] = "never"
    hidden_from: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SpecialRoute(Rule):
    """Another route for persons with immunity: who supports the motion and which court decides.

    It is taken when all of ``when`` hold for the motion: by the office of this level, to the court that hears such
    motions.
    """

    who: Text
    supported_by: Text
    court: Text
    when: tuple[Condition, ...] = ()
    prosecution_level: Level = "national"


@dataclass(frozen=True, kw_only=True)
class Repeat(Rule):
    """A further motion after a refusal, on the same ``person_field`` in the same case, must state ``field``."""

    person_field: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Relation(Rule):
    """The effect of a granted motion on an earlier sanction of one of ``kinds``: it extends, ends or replaces it."""

    kinds: tuple[str, ...]
    effect: Literal["extends", "ends", "replaces"]
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Event(Rule):
    """An event that is recorded in addition to the acts of a motion; terms start on ``event:<key>`` and are met by it.

    ``by`` are the roles that may record it: an author on his motion, a prosecutor or a defender in his case, the
    motion's judge. ``when``: while the motion is with a judge, or once it is decided (after one of ``outcomes``, if any
    are named). It applies only to motions for which all of ``applies_when`` hold, only once ``after`` is on record, and
    once, unless it may be ``repeated``. ``tells`` says who is notified. Events that may be open together have the same
    ``by``.
    """

    key: str
    label: Text
    help: Text
    by: tuple[RoleName, ...]
    when: Literal["before_decision", "in_force"]
    tells: tuple[Literal["author", "prosecutor", "judge", "defence"], ...]
    outcomes: tuple[str, ...] = ()
    applies_when: tuple[Condition, ...] = ()
    after: str = ""
    repeated: bool = False
    form: Form = NO_FORM


@dataclass(frozen=True, kw_only=True)
class GroupLeader(Rule):
    """Among authors of ``role`` who work on a case as a group, only its leader signs the motion."""

    role: RoleName


@dataclass(frozen=True, kw_only=True)
class Lifting(Rule):
    """Roles whose order to lift a measure needs the prosecutor's consent; any other executor lifts it himself."""

    consent_for: tuple[RoleName, ...]
