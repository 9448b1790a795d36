"""The words in which the law is written down as data: frozen dataclasses, one for each kind of rule.

Every rule names the ``article`` it rests on, a ``mark`` (``S`` read in a published text, ``M`` general knowledge,
``U`` unknown, left empty) and the state of its legal ``review``. Nothing here knows an article or a figure of its own:
those stand in ``fixtures/statute``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from django.utils.translation import get_language

Mark = Literal["S", "M", "U"]
Review = Literal["unreviewed", "in_review", "reviewed"]
Unit = Literal["minutes", "hours", "days", "months"]
RoleName = Literal["investigator", "head_of_unit", "prosecutor", "judge", "clerk", "defender"]
Capacity = Literal["suspect", "victim", "witness", "owner", "defender", "other"]
FieldType = Literal[
    "text", "long_text", "integer", "money", "date", "instant", "boolean", "choice", "choices", "person", "persons",
    "list",
]  # fmt: skip
ActName = Literal[
    "motion", "agreement", "refusal", "return", "withdrawal", "registration", "assignment", "hearing_order", "protocol",
    "endorsement", "delivery", "execution_report", "closure", "expiry",
]  # fmt: skip
DECISIONS = frozenset({"protocol", "endorsement"})
FIELD_PREFIX = "field:"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A label in the three languages of the service; ``str()`` speaks the active one, Kazakh by default."""

    kk: str
    ru: str
    en: str

    def in_(self, language: str) -> str:
        """The text in ``kk``, ``ru`` or ``en``; Kazakh for any other language."""
        return {"ru": self.ru, "en": self.en}.get(language, self.kk)

    def __str__(self) -> str:
        return self.in_((get_language() or "kk")[:2])


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule carries: the article it rests on, how sure that is, and whether counsel has reviewed it."""

    article: str
    mark: Mark = field(default="M", metadata={"written": True})
    review: Review = field(default="unreviewed", metadata={"written": True})
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A length of legal time."""

    amount: int
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the answers to a choice."""

    key: str
    label: Text
    article: str = ""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A plain comparison of one field of a form.

    ``op`` is ``eq ne in not_in contains present absent lt le gt ge later_than``. ``value`` is a scalar or a list,
    ``"field:<key>"`` to compare with another field, ``now``, or, for ``later_than``, a length after another field:
    ``{field, amount, unit}``. A comparison with an empty field holds never (but for ``absent``).
    """

    field: str
    op: Literal["eq", "ne", "in", "not_in", "contains", "present", "absent", "lt", "le", "gt", "ge", "later_than"]
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Field(Rule):
    """A field of a form.

    ``minimum``/``maximum`` bound numbers, amounts, and the number of entries of a list or of choices; ``fields`` are
    those of each entry of a list; ``capacities`` those a chosen person may have in the case (empty: any);
    ``prefill`` names what the register already knows.
    """

    key: str
    type: FieldType
    label: Text
    help: Text
    required: bool = False
    choices: tuple[Choice, ...] = ()
    fields: tuple["Field", ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    capacities: tuple[Capacity, ...] = ()
    required_if: Condition | None = None
    prefill: Literal["", "case.qualification", "case.summary"] = ""

    def label_of(self, choice: str) -> Text | None:
        """The label of one of its choices."""
        return next((one.label for one in self.choices if one.key == choice), None)


@dataclass(frozen=True, kw_only=True)
class Check(Rule):
    """A condition across fields: when all of ``when`` hold, a field is required or the answer is a problem."""

    key: str
    when: tuple[Condition, ...]
    message: Text
    then_required: tuple[str, ...] = ()
    then_problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields of an act, in the order in which a person fills them in, and the checks across them."""

    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()

    def field(self, key: str) -> Field | None:
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Requirement(Rule):
    """A document that has to be, or may be, attached."""

    key: str
    label: Text
    help: Text | None = None
    required: bool = False
    required_if: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Norm(Rule):
    """What an article says, paraphrased: the assistant's only source of law. ``outcomes`` empty: fits any."""

    text: Text
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ByChoice:
    """An amount that depends on the answer to a choice of the motion."""

    field: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Term(Rule):
    """A length of time within which ``role`` must act.

    It starts on one of the acts ``starts_on`` (or at the instant in ``field:<key>`` of the motion), ends after
    ``amount`` (or ``by_choice``) ``unit``, ``less`` earlier if given, or is due ``immediately``; one of ``met_by``
    meets it. ``count`` and ``roll`` as in CPC Art. 48. ``remind`` are fractions of the term, ``extendable_to`` what
    the law allows at most; it applies only when all of ``applies_when`` hold for the motion's payload.
    """

    key: str
    role: RoleName
    label: Text
    starts_on: tuple[str, ...]
    met_by: tuple[ActName, ...]
    amount: int | None = None
    by_choice: ByChoice | None = None
    unit: Unit = "hours"
    immediately: bool = False
    count: Literal["from_minute", "skip_first"] = "from_minute"
    roll: bool = False
    less: Amount | None = None
    remind: tuple[float, ...] = ()
    on_missed: Literal["record", "expire"] = "record"
    extendable_to: Amount | None = None
    applies_when: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome(Rule):
    """What the judge may decide, the fields that such a decision must state, and the form of the act."""

    key: str
    label: Text
    output: Literal["protocol", "endorsement"]
    grants: bool
    help: Text | None = None
    form: Form = Form()


@dataclass(frozen=True, kw_only=True)
class LevelByTerm(Rule):
    """Which level of prosecutor agrees, up to which total length."""

    up_to: Amount
    level: Text


@dataclass(frozen=True, kw_only=True)
class Prosecutor(Rule):
    """The prosecutor's part: he consents, is sent a copy, is the author, or has none."""

    role: Literal["consent", "notify_copy", "author", "none"]
    may_return: bool = False
    levels: tuple[LevelByTerm, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Approver(Rule):
    """Who inside the investigation body agrees before the motion leaves it."""

    role: RoleName
    label: Text


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
    """One step of a ladder of extensions: up to ``total``, who moves, and how long before the end."""

    total: Amount
    moved_by: Text
    agreed_by: Text | None = None
    to_prosecutor_before: Amount | None = None
    prosecutor_within: Amount | None = None
    to_court_before: Amount | None = None


@dataclass(frozen=True, kw_only=True)
class Validity(Rule):
    """How long a sanction holds: no term stated, a fixed one, a ladder of extensions, or until it is lifted."""

    mode: Literal["none", "fixed", "ladder", "until_lifted"]
    longest: Amount | None = None
    starts: Text | None = None
    ladder: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Urgent(Rule):
    """Whether it may be done first and checked after, under which conditions, and what the check decides."""

    allowed: bool
    conditions: Text | None = None
    notify_within: Amount | None = None
    longest: Amount | None = None
    check_outcomes: tuple[Choice, ...] = ()
    inadmissible_if_unlawful: bool = False


@dataclass(frozen=True, kw_only=True)
class Appeal(Rule):
    """Who may appeal, within which term from which event, through which court, and whether it suspends."""

    allowed: bool
    who: tuple[Choice, ...] = ()
    term: Amount | None = None
    count: Literal["from_minute", "skip_first"] = "skip_first"
    roll: bool = False
    starts: Text | None = None
    via: Literal["deciding_court", "appeal_court", ""] = ""
    court: Text | None = None
    decide_within: Amount | None = None
    suspensive: bool | None = None


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
    """Whom the motion and the decision are kept from."""

    level: Literal["investigation", "closed", "covert"]
    hidden_from: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SpecialRoute(Rule):
    """Another path for persons with immunity: who supports the motion and which court decides."""

    who: Text
    supported_by: Text
    court: Text


@dataclass(frozen=True, kw_only=True)
class Kind(Rule):
    """A kind of sanction, whole: who asks, who agrees, what must be said and attached, when, and what may come out."""

    key: str
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
    subject: str = ""
    acts: Mapping[str, Form] = field(default_factory=dict, metadata={"derived": True}, repr=False)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks across the fields of the motion."""
        return self.form.checks

    def outcome(self, key: str) -> Outcome:
        """The outcome ``key``; ``KeyError`` if this kind knows none of that name."""
        for one in self.outcomes:
            if one.key == key:
                return one
        raise KeyError(key)

    def decision_act(self, outcome: str) -> str:
        """``"protocol"`` or ``"endorsement"``: the act by which the judge states ``outcome``."""
        return self.outcome(outcome).output

    def requirement(self, key: str) -> Requirement:
        """The attachment requirement ``key``; ``KeyError`` if there is none."""
        for one in self.attachments:
            if one.key == key:
                return one
        raise KeyError(key)

    def term(self, key: str) -> Term:
        """The term ``key``; ``KeyError`` if this kind has none of that name."""
        for one in self.terms:
            if one.key == key:
                return one
        raise KeyError(key)

    def form_for(self, act_type: str, outcome: str = "") -> Form:
        """The form of an act; for a decision, the outcome's fields and then the reasons.

        An act that the catalogue asks nothing for has an empty form. ``KeyError`` for an unknown outcome.
        """
        if act_type == "motion":
            return self.form
        if act_type not in DECISIONS:
            return self.acts.get(act_type, Form())
        own, common = self.outcome(outcome).form, self.acts.get("decision", Form())
        return Form(fields=own.fields + common.fields, checks=own.checks + common.checks)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A version of the law of a jurisdiction.

    ``acts`` are the forms of the acts that are the same for every kind, by act type; ``decision`` among them holds
    what every decision of a judge states.
    """

    jurisdiction: str
    version: str
    title: Text
    valid_from: date
    valid_to: date | None = None
    note: str = ""
    acts: Mapping[str, Form]
    kinds: Mapping[str, Kind]

    def kind(self, key: str) -> Kind:
        """The kind ``key``; ``KeyError`` if this version knows none of that name."""
        return self.kinds[key]


def as_json(value: Any) -> Any:
    """Plain JSON of a part of the catalogue; dates as ISO 8601, what is derived or equals its default left out."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(one) for one in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    pairs = ((one, getattr(value, one.name)) for one in fields(value))
    return {slot.name: as_json(one) for slot, one in pairs if _is_stated(slot, one)}


def _is_stated(slot: Any, value: Any) -> bool:
    if slot.metadata.get("derived"):
        return False
    return bool(slot.metadata.get("written")) or value != slot.default
