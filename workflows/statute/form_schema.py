"""The parts of a form: texts, fields, choices, conditions, checks; and the attributes of every rule."""

from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import get_language

Mark = Literal["S", "M", "U"]
Review = Literal["unreviewed", "in_review", "reviewed"]
Unit = Literal["minutes", "hours", "days", "months"]
Capacity = Literal[
    "suspect", "victim", "witness", "owner", "defender", "legal_representative", "protected", "bailor", "applicant",
    "civil_plaintiff", "sought", "other",
]  # fmt: skip
FieldType = Literal[
    "text", "long_text", "integer", "money", "date", "instant", "boolean", "choice", "choices", "person", "persons",
    "list",
]  # fmt: skip
FIELD_PREFIX = "field:"
EVENT_PREFIX = "event:"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A label in the three languages of the service; ``str()`` gives the active one, Kazakh by default."""

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
    """The attributes of every rule: its article, how certain that is, and whether counsel has reviewed it."""

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
    key: str
    label: Text
    article: str = ""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A comparison of one field of a form.

    ``op`` is ``eq ne in not_in contains present absent lt le gt ge later_than``. ``value`` is a scalar or a list,
    ``"field:<key>"`` to compare with another field, ``now``, or, for ``later_than``, a length after another field:
    ``{field, amount, unit}``. A comparison with an empty field is false (except ``absent``); an unanswered yes-or-no
    counts as no.
    """

    field: str
    op: Literal["eq", "ne", "in", "not_in", "contains", "present", "absent", "lt", "le", "gt", "ge", "later_than"]
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Field(Rule):
    """A field of a form.

    ``minimum``/``maximum`` bound numbers, amounts, and the number of entries of a list or of choices; ``fields`` are
    those of each entry of a list; ``capacities`` those that a chosen person may have in the case (empty: any);
    ``prefill`` names the value that the register of cases, or the ``earlier`` decision that the motion names, already
    holds.
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
    prefill: Literal["", "case.qualification", "case.summary", "earlier.valid_until"] = ""

    def label_of(self, choice: str) -> Text | None:
        return next((option.label for option in self.choices if option.key == choice), None)


@dataclass(frozen=True, kw_only=True)
class Check(Rule):
    """A condition across fields: if all of ``when`` hold, a field is required or the answer is a problem."""

    key: str
    when: tuple[Condition, ...]
    message: Text
    then_required: tuple[str, ...] = ()
    then_problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields of an act, in the order in which they are filled in, and the checks across them."""

    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()

    def field(self, key: str) -> Field | None:
        return next((asked for asked in self.fields if asked.key == key), None)

    def __add__(self, other: "Form") -> "Form":
        """The fields and checks of both, in this order."""
        return Form(fields=self.fields + other.fields, checks=self.checks + other.checks)

    def without(self, other: "Form") -> "Form":
        """The form without fields and checks whose keys ``other`` also has."""
        fields, checks = ({item.key for item in part} for part in (other.fields, other.checks))
        return Form(
            fields=tuple(asked for asked in self.fields if asked.key not in fields),
            checks=tuple(check for check in self.checks if check.key not in checks),
        )


NO_FORM = Form()
